// The body of a request, for policy that depends on it.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

#include "mcp/reason.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// Has nginx read the body; the phases go on when it is there. Returns NGX_DONE, or a status.
ngx_int_t ask_for_body(ngx_http_request_t* request);

// The body that nginx has read, from memory or from its temporary file. The error is body_too_large, also when the file
// cannot be read. Throws std::bad_alloc.
std::expected<std::string, mcp::TransportError> collect_body(const ngx_http_request_t* request, std::size_t max_bytes);

}  // namespace mcp_resource
