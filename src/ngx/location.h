// The locations of a server.
#pragma once

#include <string>
#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// Whether a "location = path" stands in the server, `path` as nginx has it in r->uri. Once nginx has sorted them: in
// postconfiguration and later.
bool has_exact_location(const ngx_http_core_srv_conf_t& server, std::string_view path) noexcept;

// The one that nginx chooses for `path`; null: none. As above.
const ngx_http_core_loc_conf_t* find_location(const ngx_http_core_srv_conf_t& server, std::string_view path) noexcept;

// As it is written, for messages: location = "/name".
std::string describe(const ngx_http_core_loc_conf_t& location);

// True for a request that nginx has refused before it chose a location, and where none matches.
bool has_no_location(const ngx_http_request_t* request) noexcept;

inline const ngx_http_core_loc_conf_t& location_of(const ngx_http_request_t* request) noexcept {
    return *static_cast<const ngx_http_core_loc_conf_t*>(ngx_http_get_module_loc_conf(request, ngx_http_core_module));
}

// While the configuration is read, and its levels are merged.
inline const ngx_http_core_loc_conf_t& location_of(ngx_conf_t* cf) noexcept {
    return *static_cast<const ngx_http_core_loc_conf_t*>(ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
}

// The http and server levels are there for the levels below; only locations have a name.
inline bool is_location(ngx_conf_t* cf) noexcept {
    return location_of(cf).name.len != 0;
}

}  // namespace ngx
