// The memory of a zone that one object has to itself, and its lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ngx/nginx.h"

namespace ngx {

// All of the zone but a page: its slab pool is there for nginx's lock, which the master process takes away from a
// worker that died with it. Aligned to a page; what stands there is anything. Empty: nginx says no.
std::span<std::byte> whole_memory(const ngx_shm_zone_t& zone) noexcept;

// For a table in such memory: without it, nobody can choose keys that share a place.
std::uint64_t random_seed() noexcept;

// Of all processes, for a moment.
class ZoneLock {
public:
    explicit ZoneLock(const ngx_shm_zone_t& zone) noexcept;
    ~ZoneLock();
    ZoneLock(const ZoneLock&) = delete;
    ZoneLock& operator=(const ZoneLock&) = delete;

private:
    ngx_shmtx_t* mutex_;
};

}  // namespace ngx
