// The names of a server, and whether a request came by one of them.
#pragma once

#include "ngx/nginx.h"

namespace ngx {

// nginx forgets the names of its servers after the start: keeps them as long as the configuration. In
// postconfiguration. Throws std::bad_alloc.
void keep_server_names(ngx_conf_t* cf);

// Whether Host is the server's own: one of its "server_name", or the address that the client is connected to, without a
// port or with that of the connection. Of these there are few, of others as many as a client likes to make up. A server
// whose names have wildcards or patterns calls every Host its own. Throws std::bad_alloc.
bool has_own_host(const ngx_http_request_t* request);

}  // namespace ngx
