// The names of a server, and whether a request came by one of them.
#pragma once

#include <cstdint>
#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// nginx forgets the names of its servers after the start: keeps them as long as the configuration. In
// postconfiguration. Throws std::bad_alloc.
void keep_server_names(ngx_conf_t* cf);

enum class HostKind : std::uint8_t {
    own,  // a "server_name", or the address that the client is connected to, without a port or with the connection's
    of_pattern,  // of a server whose names have wildcards or patterns, for which nobody can say what is its own
    other
};

// Of the Host. There are few own ones, and of others as many as a client likes to make up. Throws std::bad_alloc.
HostKind host_kind(const ngx_http_request_t* request);

// Whether a "server_name" of the request's server is this host, as it is or by a wildcard. What a regular expression
// matches is nobody's name.
bool is_server_name(const ngx_http_request_t* request, std::string_view host) noexcept;

}  // namespace ngx
