// Bytes that are wiped when they are no longer needed, and that no stream or log can print by accident.
#pragma once

#include <string>
#include <string_view>

namespace base {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view bytes) : bytes_(bytes) {}
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    std::string_view reveal() const noexcept { return bytes_; }
    bool empty() const noexcept { return bytes_.empty(); }

private:
    void wipe() noexcept;
    std::string bytes_;
};

}  // namespace base
