// What is known of a request when nginx logs it, for whoever reports it.
#pragma once

#include "mcp/observation.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// Made when it is first asked for, in the log phase; null when the request came to no protected resource. Lives as long
// as the request. Throws std::bad_alloc.
const mcp::Observation* observation_of(ngx_http_request_t* request);

// In the log phase: hands it to all that report. Nothing here changes an answer.
void report(ngx_http_request_t* request);

}  // namespace mcp_resource
