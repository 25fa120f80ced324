// C++ objects that a pool owns: their destructors run when nginx destroys the pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "ngx/nginx.h"

namespace ngx {

template <class T>
void destroy(void* object) noexcept {
    static_cast<T*>(object)->~T();
}

// Throws std::bad_alloc, and what the constructor throws.
template <class T, class... Arguments>
T& make(ngx_pool_t* pool, Arguments&&... arguments) {
    static_assert(alignof(T) <= NGX_ALIGNMENT);
    ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(pool, sizeof(T));
    if (cleanup == nullptr) throw std::bad_alloc();
    T* object = new (cleanup->data) T(std::forward<Arguments>(arguments)...);
    cleanup->handler = destroy<T>;  // not before there is something to destroy
    return *object;
}

// `count` objects, made without arguments, that need no destructor. Throws std::bad_alloc.
template <class T>
std::span<T> make_array(ngx_pool_t* pool, std::size_t count) {
    static_assert(alignof(T) <= NGX_ALIGNMENT && std::is_trivially_destructible_v<T>);
    if (count > SIZE_MAX / sizeof(T)) throw std::bad_alloc();
    auto* objects = static_cast<T*>(ngx_palloc(pool, count * sizeof(T)));
    if (objects == nullptr) throw std::bad_alloc();
    std::uninitialized_value_construct_n(objects, count);
    return {objects, count};
}

// The newest object of this type that make() put into the pool and that `matches`. A request's pool outlives what nginx
// forgets on an internal redirect (r->ctx), and subrequests share it.
template <class T, class Predicate>
T* find(const ngx_pool_t* pool, Predicate matches) {
    for (const ngx_pool_cleanup_t* cleanup = pool->cleanup; cleanup != nullptr; cleanup = cleanup->next) {
        if (cleanup->handler != destroy<T>) continue;
        auto* object = static_cast<T*>(cleanup->data);
        if (matches(*object)) return object;
    }
    return nullptr;
}

// The newest one that says it belongs to this very request: T::request(). Null: there is none.
template <class T>
T* find_of(const ngx_http_request_t* request) noexcept {
    return find<T>(request->pool, [request](const T& object) noexcept { return object.request() == request; });
}

// The same, or that of the nearest request that this one is a part of.
template <class T>
T* find_nearest(const ngx_http_request_t* request) noexcept {
    for (; request != nullptr; request = request->parent)
        if (T* found = find_of<T>(request)) return found;
    return nullptr;
}

}  // namespace ngx
