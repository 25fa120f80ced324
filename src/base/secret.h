// Bytes that are wiped when they are no longer needed, and that no stream or log can print by accident.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace base {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view bytes) : bytes_(bytes) {}
    // Leaves no copy behind in `bytes`.
    static Secret taken(std::string&& bytes) noexcept;
    static Secret joined(std::initializer_list<std::string_view> parts);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    std::string_view reveal() const noexcept { return bytes_; }
    const char* c_str() const noexcept { return bytes_.c_str(); }
    bool empty() const noexcept { return bytes_.empty(); }

private:
    std::string bytes_;
};

}  // namespace base
