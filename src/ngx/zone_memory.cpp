#include "ngx/zone_memory.h"

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

ZoneLock::ZoneLock(const ngx_shm_zone_t& zone) noexcept : mutex_(&pool_of(zone)->mutex) {
    ngx_shmtx_lock(mutex_);
}

ZoneLock::~ZoneLock() {
    ngx_shmtx_unlock(mutex_);
}

}  // namespace ngx
