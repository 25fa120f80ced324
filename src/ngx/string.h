// ngx_str_t and std::string_view are the same thing: a pointer and a length.
#pragma once

#include <cstring>
#include <new>
#include <string_view>

#include "base/ascii.h"
#include "ngx/nginx.h"

namespace ngx {

inline std::string_view view(const ngx_str_t& text) noexcept {
    return {reinterpret_cast<const char*>(text.data), text.len};
}

// For nginx functions that take a mutable string and do not change it.
inline ngx_str_t str(std::string_view text) noexcept {
    return {text.size(), reinterpret_cast<u_char*>(const_cast<char*>(text.data()))};
}

// A copy that lives as long as the pool, with a NUL behind it for the system calls. Throws std::bad_alloc.
inline ngx_str_t copy(ngx_pool_t* pool, std::string_view text) {
    auto* data = static_cast<u_char*>(ngx_pnalloc(pool, text.size() + 1));
    if (data == nullptr) throw std::bad_alloc();
    if (!text.empty()) std::memcpy(data, text.data(), text.size());
    data[text.size()] = '\0';
    return {text.size(), data};
}

inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return base::equals_ignoring_case(a, b);
}

}  // namespace ngx
