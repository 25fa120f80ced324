// The locations of a server.
#pragma once

#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// Whether a "location = path" stands in the server, `path` as nginx has it in r->uri. Once nginx has sorted them: in
// postconfiguration and later.
bool has_exact_location(const ngx_http_core_srv_conf_t& server, std::string_view path) noexcept;

// True for a request that nginx has refused before it chose a location, and where none matches.
bool has_no_location(const ngx_http_request_t* request) noexcept;

}  // namespace ngx
