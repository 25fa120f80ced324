// The modules of this project that one nginx has loaded. Each is a file of its own, with globals of its own.
#pragma once

#include "ngx/nginx.h"

namespace ngx {

// In the postconfiguration of a module that uses Subrequest: lets the others recognize what it asks.
void announce_subrequests(ngx_module_t& module) noexcept;

// True for a subrequest that one of these modules made to ask an authorization server (Subrequest::is_one): it carries
// our credentials and none of the client's, and its answer decides about the request that nobody has let pass yet.
bool is_own_subrequest(const ngx_http_request_t* request) noexcept;

}  // namespace ngx
