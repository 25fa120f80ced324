// What is known of a request when nginx logs it, for whoever reports it.
#pragma once

#include "mcp/observation.h"
#include "modules/mcp_resource/config.h"
#include "ngx/nginx.h"

namespace mcp_resource {

class RequestState;

// Of one that has decided, or whose request was let in all the same.
mcp::Judgement judgement(const RequestState& state) noexcept;

// Made when it is first asked for, in the log phase; null when the request came to no protected resource. Lives as long
// as the request. Throws std::bad_alloc.
const mcp::Observation* observation_of(ngx_http_request_t* request);

// The same once the log phase has begun; null before, and for a subrequest that was not judged itself.
const mcp::Observation* ended_observation(const ngx_http_request_t* request) noexcept;

// In the log phase: hands it to all that report. Nothing here changes an answer. `refused_at`: the resource for which
// nginx itself has refused the request as ambiguous, or null.
void report(ngx_http_request_t* request, const Endpoint* refused_at);

}  // namespace mcp_resource
