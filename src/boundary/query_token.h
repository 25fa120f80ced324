// A token in the query (RFC 6750 section 2.3): it is refused, and kept out of what is logged.
#pragma once

#include "ngx/nginx.h"
#include "ngx/variable.h"

namespace boundary {

// Also in the query that the client sent, where an internal redirect has another.
bool has_query_token(const ngx_http_request_t* request) noexcept;

// nginx writes the request line into both logs. For every request to a server that has protected locations: the line
// loses a query with a token.
void keep_query_token_out_of_request_line(ngx_http_request_t* request) noexcept;

// Where a location is protected, everything that is made of such a query loses it.
void forget_query_token(ngx_http_request_t* request) noexcept;

}  // namespace boundary
