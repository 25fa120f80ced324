// What a command waits for, said on a terminal while it waits.
#pragma once

#include <string_view>

namespace cli {

// On standard error, and only when that is a terminal that can erase. The line is gone when this is.
class Progress {
public:
    Progress() noexcept;
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    void show(std::string_view what) noexcept;  // instead of what was said before
    void clear() noexcept;

private:
    bool is_on_;
    bool is_shown_ = false;
};

// Whether standard output takes colors (no-color.org). `wish`: auto, always or never.
bool wants_color(std::string_view wish) noexcept;

}  // namespace cli
