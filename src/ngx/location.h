// The locations of a server, once nginx has sorted them: in postconfiguration and later.
#pragma once

#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// Whether a "location = path" stands in the server, `path` as nginx has it in r->uri.
bool has_exact_location(const ngx_http_core_srv_conf_t& server, std::string_view path) noexcept;

}  // namespace ngx
