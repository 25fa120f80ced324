// One object in shared memory, that all workers see: counters and the like. It survives a reload.
#pragma once

#include <cstddef>
#include <new>
#include <string_view>
#include <type_traits>

#include "ngx/nginx.h"

namespace ngx {

// The memory; SharedBlock<T> gives it a type.
class SharedMemory {
public:
    // While the configuration is read; declarations of one name by one module are one. Throws ConfigError,
    // std::bad_alloc.
    static SharedMemory& declare(ngx_conf_t* cf, std::string_view name, std::size_t bytes, ngx_module_t& module);

    // From the beginning of a worker on. Zero when it is new, aligned to 64 bytes.
    std::byte* bytes() const noexcept { return bytes_; }

private:
    static ngx_int_t attach(ngx_shm_zone_t* zone, void* previous) noexcept;

    std::size_t size_ = 0;
    std::byte* bytes_ = nullptr;
};

// `T` needs no constructor: all bytes zero is how it begins. Its members are atomic, or guarded by one that is: a
// worker may die at any time, and holds no lock then.
template <class T>
class SharedBlock {
    static_assert(std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T> && alignof(T) <= 64);

public:
    static SharedBlock declare(ngx_conf_t* cf, std::string_view name, ngx_module_t& module) {
        return SharedBlock(SharedMemory::declare(cf, name, sizeof(T), module));
    }
    T& operator*() const noexcept { return *std::launder(reinterpret_cast<T*>(memory_->bytes())); }
    T* operator->() const noexcept { return &**this; }

private:
    explicit SharedBlock(SharedMemory& memory) noexcept : memory_(&memory) {}
    SharedMemory* memory_;
};

}  // namespace ngx
