// What mcp_status shows of requests.
#pragma once

#include "mcp/observation.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// In the log phase. Nothing where no location has mcp_status. Throws std::bad_alloc.
void remember(const ngx_http_request_t* request, const mcp::Observation& observation);

}  // namespace mcp_resource
