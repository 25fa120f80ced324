#include "cli/log_lines.h"

#include <algorithm>
#include <utility>

namespace cli {
namespace {

constexpr std::size_t longest_line = std::size_t{64} * 1024;

}  // namespace

LogLines::LogLines(std::size_t capacity, Overflow overflow, std::string reason)
    : capacity_(capacity), overflow_(overflow), reason_(std::move(reason)) {}

void LogLines::put(std::string_view bytes) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return keep_beginning(bytes);
    if (!std::exchange(is_dropping_line_, false)) {
        beginning_.append(bytes.substr(0, end + 1));
        put_but_omitted(std::exchange(beginning_, {}));
    }
    bytes.remove_prefix(end + 1);
    const std::size_t whole = bytes.rfind('\n') + 1;
    put_but_omitted(bytes.substr(0, whole));
    keep_beginning(bytes.substr(whole));
}

void LogLines::keep_beginning(std::string_view bytes) {
    if (is_dropping_line_) return;
    beginning_.append(bytes);
    if (beginning_.size() <= longest_line) return;
    beginning_.clear();
    is_dropping_line_ = true;
    dropped_++;
}

bool LogLines::is_omitted(std::string_view line) {
    const auto found = std::ranges::find_if(omitted_, [&](const auto& ending) { return line.ends_with(ending); });
    if (found == omitted_.end()) return false;
    omitted_.erase(found);
    return true;
}

void LogLines::put_but_omitted(std::string_view lines) {
    while (!omitted_.empty() && !lines.empty()) {
        const std::size_t size = lines.find('\n') + 1;
        if (!is_omitted(lines.substr(0, size - 1))) put_lines(lines.substr(0, size));
        lines.remove_prefix(size);
    }
    put_lines(lines);
}

// After a line that was dropped nothing is taken until there is room for all that comes: the line that tells of the gap
// stands where the gap is.
void LogLines::put_lines(std::string_view lines) {
    if (overflow_ == Overflow::waits || (dropped_ == 0 && lines.size() <= capacity_ - waiting_.size())) {
        waiting_.append(lines);
        return;
    }
    while (!lines.empty()) {
        const std::size_t size = lines.find('\n') + 1;
        if (dropped_ == 0 && size <= capacity_ - waiting_.size())
            waiting_.append(lines.substr(0, size));
        else
            dropped_++;
        lines.remove_prefix(size);
    }
}

void LogLines::finish() {
    if (beginning_.empty()) return;
    beginning_ += '\n';
    put_but_omitted(std::exchange(beginning_, {}));
}

void LogLines::lose(std::string_view lines) {
    if (lines.empty()) {
        told_ = 0;
        return;
    }
    dropped_ += static_cast<std::size_t>(std::ranges::count(lines, '\n'));
    if (told_ > 0) dropped_ += std::exchange(told_, 0) - 1;
}

void LogLines::miss(std::string_view bytes) {
    dropped_ += static_cast<std::size_t>(std::ranges::count(bytes, '\n'));
}

void LogLines::put_between(std::string_view line) {
    put_lines(line);
}

std::size_t LogLines::unwritten() const noexcept {
    const auto waiting = static_cast<std::size_t>(std::ranges::count(waiting_, '\n'));
    return waiting + dropped_ + (told_ > 0 ? told_ - 1 : 0);
}

std::string LogLines::take() {
    std::string lines = std::exchange(waiting_, {});
    told_ = std::exchange(dropped_, 0);
    if (told_ > 0) lines += "mcp-resource: " + std::to_string(told_) + " log lines dropped: " + reason_ + '\n';
    return lines;
}

}  // namespace cli
