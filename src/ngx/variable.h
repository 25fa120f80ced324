// nginx variables.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ngx/nginx.h"

namespace ngx {

// Adds a variable, or with NGX_HTTP_VAR_PREFIX a family of them ("jwt_claim_"). `data` is passed to `get`; for a family
// nginx passes an ngx_str_t*, the whole name in lower case. Throws ConfigError when the name is taken.
void add_variable(ngx_conf_t* cf, std::string_view name, ngx_http_get_variable_pt get, std::uintptr_t data,
                  ngx_uint_t flags);

// Of a variable that Arguments::variable_index() has found, in lower case. It lives as long as the configuration.
std::string_view variable_name(ngx_conf_t* cf, ngx_uint_t index) noexcept;

// nginx keeps the value of some variables ($http_NAME) for the time of a request: after this, it asks for it again.
void forget_variable(ngx_http_request_t* request, std::string_view name) noexcept;

// What nginx keeps for the time of a request although it comes from the request's headers or its URI: $http_NAME,
// $request_uri, and whatever "map", "geo" and their like made of them. After an edit of those, nginx must ask again.
class DerivedVariables {
public:
    // In a worker, when all variables are known. Throws std::bad_alloc.
    void find(const ngx_http_core_main_conf_t& core);

    void forget(ngx_http_request_t* request) noexcept;

    // nginx lets subrequests share what their main request keeps, so that others that run at the same time could fill
    // it again: gives a subrequest a copy of its own. Throws std::bad_alloc.
    void separate(ngx_http_request_t* subrequest);

private:
    std::vector<ngx_uint_t> read_;      // by nginx, from the request
    std::vector<ngx_uint_t> computed_;  // by a module, perhaps from those
    std::vector<bool> forgettable_;     // of computed_, while forget() works
};

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
