// Whether a log file of nginx can take more lines: nginx itself finds out when it writes, after the answer.
#pragma once

#include <cstddef>
#include <ctime>
#include <string>

#include "ngx/nginx.h"

namespace ngx {

// A worker's view of one open file, which nginx opens anew on USR1.
class LogRoom {
public:
    // What is kept free at the least: for the lines of requests that are on their way, refusals among them.
    static constexpr off_t least = off_t{64} * 1024;

    // 0, or the errno for which no line may be there later. Looks at most once a second, and never blocks longer than a
    // write to a local file: of a file, room for more than was written since the last look is reserved (fallocate(2),
    // which does not change its size). A pipe or a device must take a write now.
    int problem(const ngx_open_file_t& file) noexcept;

private:
    int look(int descriptor) noexcept;
    int reserve(int descriptor, off_t size) noexcept;

    time_t looked_at_ = 0;  // ngx_time()
    int problem_ = 0;
    off_t size_ = -1;  // at the last look
};

}  // namespace ngx
