// Event streams of the backend (MCP Streamable HTTP).
#pragma once

#include "ngx/nginx.h"

namespace mcp_resource {

// For a header filter: events reach the client as they come, and a stream that is quiet for a while is not cut.
// Throws std::bad_alloc.
void let_events_flow(ngx_http_request_t* request);

}  // namespace mcp_resource
