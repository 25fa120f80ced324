// Whether a log file of nginx can take more lines: nginx itself finds out when it writes, after the answer.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include "ngx/nginx.h"

namespace ngx {

// The bytes that open requests of all workers may still write: an ngx::SharedBlock. A worker that dies leaves too many,
// never too few, until another takes its place.
class PromisedBytes {
public:
    // In init_process of a worker: what one that died in this slot has promised is void.
    void begin_worker() noexcept;
    void add(std::size_t bytes) noexcept;
    void subtract(std::size_t bytes) noexcept;
    off_t total() const noexcept { return static_cast<off_t>(total_.load()); }

private:
    std::atomic<std::size_t> total_;
    std::array<std::atomic<std::size_t>, NGX_MAX_PROCESSES> of_worker_;  // by ngx_process_slot
};

// A worker's view of one open file, which nginx opens anew on USR1.
class LogRoom {
public:
    // What is kept free beside the promises: for the lines of refusals, and of whoever else writes there.
    static constexpr off_t least = off_t{64} * 1024;

    // 0, or the errno for which no line may be there later; ENOTTY: a device that keeps nothing. For a file, `promised`
    // bytes are reserved behind its end, and at least half of `least` more, by fallocate(2), which does not change its
    // size; once a second room for more than was written since. What was not to be had is tried again a second later.
    // A pipe must take a write now, and from then on nobody waits for its reader. Never blocks longer than a write.
    int problem(const ngx_open_file_t& file, off_t promised) noexcept;

    // Whether a file has room for just these bytes behind its end. Of what is no file, nobody knows: true.
    bool has(const ngx_open_file_t& file, off_t promised) const noexcept;

private:
    int file_problem(int descriptor, const struct stat& status, off_t promised) noexcept;
    bool is_same(const struct stat& status) const noexcept;

    dev_t device_ = 0;
    ino_t inode_ = 0;
    time_t looked_at_ = 0;  // ngx_time()
    int problem_ = 0;
    off_t size_ = 0;  // at the last look
    off_t spare_ = least;
    off_t reserved_to_ = 0;
};

// Whether the device of this name, if it is one, keeps nothing: any but a terminal. For "nginx -t"; what a symbolic
// link like /dev/stdout leads to counts only later.
bool keeps_nothing(const char* file) noexcept;

}  // namespace ngx
