#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/terminal.h"

namespace cli {
namespace {

bool is_set(const char* variable) noexcept {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool is_terminal(int file) noexcept {
    const char* type = std::getenv("TERM");
    return ::isatty(file) == 1 && is_set("TERM") && std::string_view(type) != "dumb";
}

// A line that is wider than the terminal could not be erased.
std::size_t columns() noexcept {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 80U;
}

}  // namespace

Progress::Progress() noexcept : is_on_(is_terminal(STDERR_FILENO)) {}

void Progress::show(std::string_view what) noexcept try {
    if (!is_on_) return;
    std::string text = printable(what) + " ...";
    if (const std::size_t most = columns() - 1; text.size() > most) text.resize(most);
    static_cast<void>(std::fprintf(stderr, "\r%s\x1b[K", text.c_str()));
    static_cast<void>(std::fflush(stderr));
    is_shown_ = true;
} catch (...) {
    clear();
}

void Progress::clear() noexcept {
    if (!is_shown_) return;
    static_cast<void>(std::fputs("\r\x1b[K", stderr));
    static_cast<void>(std::fflush(stderr));
    is_shown_ = false;
}

WaitNotice::WaitNotice(std::string what)
    : thread_([this, what = std::move(what)] {
          std::unique_lock lock(mutex_);
          if (!ended_.wait_for(lock, std::chrono::seconds(2), [this] { return has_ended_; }))
              complain("still waiting: " + what);
      }) {}

WaitNotice::~WaitNotice() {
    {
        const std::scoped_lock lock(mutex_);
        has_ended_ = true;
    }
    ended_.notify_all();
    thread_.join();
}

bool wants_color(std::string_view wish) noexcept {
    if (wish != "auto") return wish == "always";
    return is_terminal(STDOUT_FILENO) && !is_set("NO_COLOR");
}

}  // namespace cli
