// Who a client is, as far as its address tells.
#pragma once

#include <string>

#include "ngx/nginx.h"

namespace ngx {

// The address that a client is counted by, in network order: of IPv6 the first 64 bits, since who has one address of a
// /64 has all of them. Empty for a unix socket. Throws std::bad_alloc.
std::string client_network(const ngx_http_request_t* request);

}  // namespace ngx
