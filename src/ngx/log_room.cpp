#include "ngx/log_room.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace ngx {
namespace {

// Where nobody can reserve: network and union file systems.
int free_space_problem(int descriptor, off_t room) noexcept {
    struct statvfs place{};
    if (::fstatvfs(descriptor, &place) != 0) return errno;
    const auto blocks = static_cast<fsblkcnt_t>(room) / std::max<fsblkcnt_t>(place.f_frsize, 1) + 1;
    return place.f_bavail < blocks ? ENOSPC : 0;
}

// A write beyond this limit ends the process (SIGXFSZ), and fallocate() does not look at it.
bool is_beyond_limit(off_t end) noexcept {
    struct rlimit limit{};
    return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           static_cast<rlim_t>(end) > limit.rlim_cur;
}

int reserve(int descriptor, off_t size, off_t room) noexcept {
    if (is_beyond_limit(size + room)) return EFBIG;
    int result = 0;
    do {
        result = ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, size, room);
    } while (result != 0 && errno == EINTR);
    if (result == 0) return 0;
    return errno == EOPNOTSUPP || errno == ENOSYS ? free_space_problem(descriptor, room) : errno;
}

// nginx waits for whoever reads a pipe, even to log a refusal. It has opened the pipe itself, /dev/stdout as well, so
// that nobody else minds.
void never_wait(int descriptor) noexcept {
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0) ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int stream_problem(int descriptor) noexcept {
    struct pollfd stream{.fd = descriptor, .events = POLLOUT, .revents = 0};
    if (::poll(&stream, 1, 0) < 0) return errno;
    if ((stream.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return EPIPE;
    return (stream.revents & POLLOUT) != 0 ? 0 : EAGAIN;
}

}  // namespace

// A worker may be killed between any two lines: then the total is too large.
void PromisedBytes::begin_worker() noexcept {
    total_.fetch_sub(of_worker_[static_cast<std::size_t>(ngx_process_slot)].exchange(0));
}

void PromisedBytes::add(std::size_t bytes) noexcept {
    total_.fetch_add(bytes);
    of_worker_[static_cast<std::size_t>(ngx_process_slot)].fetch_add(bytes);
}

void PromisedBytes::subtract(std::size_t bytes) noexcept {
    of_worker_[static_cast<std::size_t>(ngx_process_slot)].fetch_sub(bytes);
    total_.fetch_sub(bytes);
}

int LogRoom::problem(const ngx_open_file_t& file, off_t promised) noexcept {
    struct stat status{};
    if (::fstat(file.fd, &status) != 0) return errno;
    if (S_ISCHR(status.st_mode) && ::isatty(file.fd) == 0) return ENOTTY;
    if (S_ISFIFO(status.st_mode)) never_wait(file.fd);
    if (!S_ISREG(status.st_mode)) return stream_problem(file.fd);
    if (status.st_nlink == 0) return ENOENT;  // removed: nobody will read what is written there
    return file_problem(file.fd, status, promised);
}

bool LogRoom::has(const ngx_open_file_t& file, off_t promised) const noexcept {
    struct stat status{};
    if (::fstat(file.fd, &status) != 0 || !S_ISREG(status.st_mode)) return true;
    const bool is_reserved = is_same(status) && status.st_size + promised <= reserved_to_;
    return is_reserved || reserve(file.fd, status.st_size, promised) == 0;  // another worker may have reserved it
}

int LogRoom::file_problem(int descriptor, const struct stat& status, off_t promised) noexcept {
    const off_t size = status.st_size;
    if (!is_same(status)) {
        *this = LogRoom();
        device_ = status.st_dev;
        inode_ = status.st_ino;
        size_ = size;
    }
    const bool is_due = looked_at_ != ngx_time();
    if (!is_due && (problem_ != 0 || size + promised + least / 2 <= reserved_to_)) return problem_;
    if (is_due) spare_ = std::clamp(2 * (size - size_), least, 256 * least);
    if (is_due) size_ = size;
    looked_at_ = ngx_time();
    problem_ = reserve(descriptor, size, promised + spare_);
    reserved_to_ = problem_ == 0 ? size + promised + spare_ : 0;
    return problem_;
}

// One that became shorter has lost what was reserved.
bool LogRoom::is_same(const struct stat& status) const noexcept {
    return status.st_dev == device_ && status.st_ino == inode_ && status.st_size >= size_;
}

bool keeps_nothing(const char* file) noexcept {
    struct stat status{};
    if (::lstat(file, &status) != 0 || !S_ISCHR(status.st_mode)) return false;
    const int descriptor = ::open(file, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return false;  // nginx will say why
    const bool is_terminal = ::isatty(descriptor) != 0;
    ::close(descriptor);
    return !is_terminal;
}

}  // namespace ngx
