// What a command waits for, said on a terminal while it waits.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

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

// Says on standard error what is waited for, when it takes longer than two seconds: to whoever starts a server, and sees
// nothing happen.
class WaitNotice {
public:
    explicit WaitNotice(std::string what);
    WaitNotice(const WaitNotice&) = delete;
    WaitNotice& operator=(const WaitNotice&) = delete;
    ~WaitNotice();

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    bool has_ended_ = false;
    std::thread thread_;
};

// Whether standard output takes colors (no-color.org). `wish`: auto, always or never.
bool wants_color(std::string_view wish) noexcept;

}  // namespace cli
