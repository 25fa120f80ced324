// nginx variables.
#pragma once

#include <cstdint>
#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// Adds a variable, or with NGX_HTTP_VAR_PREFIX a family of them ("jwt_claim_"). `data` is passed to `get`; for a family
// nginx passes an ngx_str_t*, the whole name in lower case. Throws ConfigError when the name is taken.
void add_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                  ngx_uint_t flags);

// nginx keeps the value of some variables ($http_NAME) for the time of a request: after this, it asks for it again.
void forget_variable(ngx_http_request_t* request, std::string_view name) noexcept;

// `text` must live as long as the request.
inline void set_value(ngx_http_variable_value_t& variable, std::string_view text) noexcept {
    variable.data = reinterpret_cast<u_char*>(const_cast<char*>(text.data()));
    variable.len = static_cast<unsigned>(text.size()) & 0x0FFFFFFFU;
    variable.valid = 1;
    variable.not_found = 0;
    variable.no_cacheable = 1;
}

inline void set_not_found(ngx_http_variable_value_t& variable) noexcept {
    variable.not_found = 1;
    variable.no_cacheable = 1;
}

}  // namespace ngx
