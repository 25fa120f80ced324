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

}  // namespace ngx
