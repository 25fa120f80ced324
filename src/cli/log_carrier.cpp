#include "cli/log_carrier.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace cli {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

// Half a second of a busy server's log: 50,000 lines of 160 bytes a second.
constexpr std::size_t capacity = std::size_t{4} * 1024 * 1024;
constexpr int pipe_bytes = 1024 * 1024;
constexpr std::size_t at_once = std::size_t{256} * 1024;
constexpr std::size_t written_at_once = std::size_t{16} * 1024;  // a slow reader is seen to read

// A reader who has taken nothing for so long is not waited for.
constexpr auto stalled_after = 500ms;
constexpr auto longest_finish = 1500ms;

// A file has no reader who could stop: nothing is dropped.
bool is_file(int number) noexcept {
    struct stat information{};
    return ::fstat(number, &information) == 0 && S_ISREG(information.st_mode);
}

}  // namespace

LogCarrier::LogCarrier(int to, const std::string& stream, std::shared_ptr<std::mutex> turn) : bytes_(at_once) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    from_ = Descriptor(ends[0]);
    child_end_ = Descriptor(ends[1]);
    ::fcntl(from_.get(), F_SETFL, O_NONBLOCK);  // of our end alone
    ::fcntl(from_.get(), F_SETPIPE_SZ, pipe_bytes);
    LogLines lines = is_file(to) ? LogLines(capacity, LogLines::Overflow::waits, stream + " cannot be written")
                                 : LogLines(capacity, LogLines::Overflow::drops, stream + " is not being read");
    shared_ = std::make_shared<Shared>(to, std::move(lines), std::move(turn));
    std::thread(write_lines, shared_).detach();
}

int LogCarrier::source() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->must_wait() ? -1 : from_.get();
}

void LogCarrier::carry() {
    while (source() >= 0) {
        const ssize_t size = ::read(from_.get(), bytes_.data(), bytes_.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 || !take(size)) return;
    }
}

// Is more likely to be there?
bool LogCarrier::take(ssize_t size) {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->is_idle()) shared_->last_progress = steady_clock::now();
    if (size == 0) {
        from_.close();
        shared_->lines.finish();
    } else if (const std::string_view bytes(bytes_.data(), static_cast<std::size_t>(size)); shared_->is_broken) {
        shared_->lines.miss(bytes);
    } else {
        shared_->lines.put(bytes);
    }
    shared_->changed.notify_all();
    return static_cast<std::size_t>(size) == bytes_.size();
}

void LogCarrier::add(const std::string& line) {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->is_broken) return;
    if (shared_->is_idle()) shared_->last_progress = steady_clock::now();
    shared_->lines.put_between(line + '\n');
    shared_->changed.notify_all();
}

void LogCarrier::omit(const std::vector<std::string>& lines) {
    const std::lock_guard lock(shared_->mutex);
    shared_->lines.omit(lines);
}

bool LogCarrier::breaks() {
    const std::lock_guard lock(shared_->mutex);
    return shared_->is_broken && !std::exchange(has_told_, true);
}

std::size_t LogCarrier::unwritten() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->lines.unwritten() + shared_->in_flight;
}

void LogCarrier::finish() {
    const auto end = steady_clock::now() + longest_finish;
    for (;;) {
        carry();
        std::unique_lock lock(shared_->mutex);
        if (shared_->is_idle() || steady_clock::now() > std::min(end, shared_->last_progress + stalled_after)) return;
        shared_->changed.wait_for(lock, 20ms);
    }
}

// Returns what could not be written.
std::string_view LogCarrier::write_all(Shared& shared, std::string_view bytes) noexcept {
    const std::lock_guard turn(*shared.turn);
    while (!bytes.empty()) {
        const ssize_t size = ::write(shared.to, bytes.data(), std::min(bytes.size(), written_at_once));
        const int error = size < 0 ? errno : 0;
        if (error == EAGAIN) std::this_thread::sleep_for(5ms);  // somebody has made it non-blocking
        if (error == EINTR || error == EAGAIN) continue;
        const std::lock_guard lock(shared.mutex);
        shared.is_broken = error == EPIPE || error == ECONNRESET || error == EBADF;
        if (error != 0) return bytes;
        const auto written = static_cast<std::size_t>(size);
        shared.in_flight -= static_cast<std::size_t>(std::ranges::count(bytes.substr(0, written), '\n'));
        bytes.remove_prefix(written);
        shared.last_progress = steady_clock::now();
    }
    return bytes;
}

// A disk that is full may have room later: those lines are lost, and others come. But for the end of a line that has
// begun.
void LogCarrier::write_lines(const std::shared_ptr<Shared>& shared) noexcept {
    std::unique_lock lock(shared->mutex);
    std::string line_end;
    while (!shared->is_broken) {
        shared->changed.wait(lock, [&] { return !shared->lines.is_empty(); });
        const std::string lines = std::exchange(line_end, {}) + shared->lines.take();
        shared->is_writing = true;
        shared->in_flight = static_cast<std::size_t>(std::ranges::count(lines, '\n'));
        lock.unlock();
        std::string_view left = write_all(*shared, lines);
        if (!left.empty()) std::this_thread::sleep_for(50ms);
        lock.lock();
        if (!shared->is_broken && !left.empty() && left.size() < lines.size() &&
            lines[lines.size() - left.size() - 1] != '\n') {
            line_end = left.substr(0, left.find('\n') + 1);
            left.remove_prefix(line_end.size());
        }
        shared->lines.lose(left);
        shared->in_flight = 0;
        shared->is_writing = false;
        shared->changed.notify_all();
    }
}

}  // namespace cli
