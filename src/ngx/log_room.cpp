#include "ngx/log_room.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace ngx {
namespace {

// Where nobody can reserve: network and union file systems.
int free_space_problem(int descriptor, off_t room) noexcept {
    struct statvfs place{};
    if (::fstatvfs(descriptor, &place) != 0) return errno;
    const auto blocks = static_cast<fsblkcnt_t>(room) / std::max<fsblkcnt_t>(place.f_frsize, 1) + 1;
    return place.f_bavail < blocks ? ENOSPC : 0;
}

int stream_problem(int descriptor) noexcept {
    struct pollfd stream{.fd = descriptor, .events = POLLOUT, .revents = 0};
    if (::poll(&stream, 1, 0) < 0) return errno;
    if ((stream.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return EPIPE;
    return (stream.revents & POLLOUT) != 0 ? 0 : EAGAIN;
}

}  // namespace

int LogRoom::problem(const ngx_open_file_t& file) noexcept {
    if (looked_at_ != ngx_time()) {
        problem_ = look(file.fd);
        looked_at_ = ngx_time();
    }
    return problem_;
}

int LogRoom::look(int descriptor) noexcept {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return errno;
    if (!S_ISREG(status.st_mode)) return stream_problem(descriptor);
    if (status.st_nlink == 0) return ENOENT;  // removed: nobody will read what is written there
    return reserve(descriptor, status.st_size);
}

int LogRoom::reserve(int descriptor, off_t size) noexcept {
    const off_t before = std::exchange(size_, size);
    const off_t written = before < 0 ? 0 : size - before;
    const off_t room = std::clamp(2 * written, least, 256 * least);
    int result = 0;
    do {
        result = ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, size, room);
    } while (result != 0 && errno == EINTR);
    if (result == 0) return 0;
    return errno == EOPNOTSUPP || errno == ENOSYS ? free_space_problem(descriptor, room) : errno;
}

}  // namespace ngx
