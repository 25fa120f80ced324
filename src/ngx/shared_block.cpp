#include "ngx/shared_block.h"

#include <cstdint>

#include "ngx/config.h"
#include "ngx/pool.h"
#include "ngx/string.h"

namespace ngx {
namespace {

constexpr std::size_t alignment = 64;

}  // namespace

SharedMemory& SharedMemory::declare(ngx_conf_t* cf, std::string_view name, std::size_t bytes, ngx_module_t& module) {
    ngx_str_t zone_name = copy(cf->pool, name);
    // nginx' slab pool keeps some pages of a zone for itself: one in a hundred, and its head.
    const std::size_t size = bytes + bytes / 64 + 16 * ngx_pagesize;
    ngx_shm_zone_t* zone = ngx_shared_memory_add(cf, &zone_name, size, &module);
    if (zone == nullptr) throw ConfigError("zone " + in_quotes(name) + " cannot be used here");  // nginx logged why
    if (zone->data == nullptr) {
        auto& memory = make<SharedMemory>(cf->pool);
        memory.size_ = bytes;
        zone->init = attach;
        zone->data = &memory;
    }
    return *static_cast<SharedMemory*>(zone->data);
}

// `previous` is the object of the configuration before, when this one took over its memory: nginx lets it, when the
// module and the size are the same.
ngx_int_t SharedMemory::attach(ngx_shm_zone_t* zone, void* previous) noexcept {
    auto& memory = *static_cast<SharedMemory*>(zone->data);
    if (previous != nullptr) {
        memory.bytes_ = static_cast<SharedMemory*>(previous)->bytes_;
        return NGX_OK;
    }
    auto* pool = reinterpret_cast<ngx_slab_pool_t*>(zone->shm.addr);
    // The pages of a new zone are zero, and nobody has used them: to write them would only make the machine find memory
    // for those that nobody needs.
    void* bytes = ngx_slab_alloc(pool, memory.size_ + alignment);
    if (bytes == nullptr) return NGX_ERROR;
#if (NGX_DEBUG_MALLOC)
    ngx_memzero(bytes, memory.size_ + alignment);  // nginx has filled them, so that who relies on them is found
#endif
    const auto address = reinterpret_cast<std::uintptr_t>(bytes);
    memory.bytes_ = reinterpret_cast<std::byte*>((address + alignment - 1) / alignment * alignment);
    return NGX_OK;
}

}  // namespace ngx
