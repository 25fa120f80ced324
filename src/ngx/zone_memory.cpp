#include "ngx/zone_memory.h"

#include <openssl/rand.h>

#include <chrono>

namespace ngx {
namespace {

ngx_slab_pool_t* pool_of(const ngx_shm_zone_t& zone) noexcept {
    return reinterpret_cast<ngx_slab_pool_t*>(zone.shm.addr);
}

}  // namespace

std::span<std::byte> whole_memory(const ngx_shm_zone_t& zone) noexcept {
    ngx_slab_pool_t* pool = pool_of(zone);
    const std::size_t size = (pool->pfree - 1) * ngx_pagesize;
    auto* memory = static_cast<std::byte*>(ngx_slab_alloc(pool, size));
    return memory == nullptr ? std::span<std::byte>() : std::span(memory, size);
}

std::uint64_t random_seed() noexcept {
    std::uint64_t seed = 0;
    // Without randomness, an address and a time must do.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&seed), sizeof(seed)) != 1) {
        const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
        seed = reinterpret_cast<std::uintptr_t>(&seed) ^ static_cast<std::uint64_t>(now);
    }
    return seed;
}

ZoneLock::ZoneLock(const ngx_shm_zone_t& zone) noexcept : mutex_(&pool_of(zone)->mutex) {
    ngx_shmtx_lock(mutex_);
}

ZoneLock::~ZoneLock() {
    ngx_shmtx_unlock(mutex_);
}

}  // namespace ngx
