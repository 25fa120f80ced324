// The trace that a request belongs to: whom it goes on from, what the backend is told of it, and its spans.
#pragma once

#include <string_view>

#include "mcp/observation.h"
#include "ngx/nginx.h"

namespace mcp_resource {

struct MainConf;

// When the configuration is read, before the workers. Throws ConfigError, std::bad_alloc.
void make_trace_exporter(ngx_conf_t* cf);

// In each worker, inside of fetch_init_process().
void start_tracing(const MainConf& main) noexcept;

// After a protected location has handed over, in the precontent phase: replaces the client's `traceparent` and
// `tracestate` by those of our span. Does nothing where nothing is traced.
void continue_trace(ngx_http_request_t* request) noexcept;

// When an observed body has been read, by which the parent is known: the same again, where the request has not been
// sent to the backend yet.
void continue_observed_trace(ngx_http_request_t* request) noexcept;

// In hexadecimal; empty: it is not traced, or nobody has decided about it yet.
std::string_view trace_id_of(const ngx_http_request_t* request) noexcept;

// In the log phase. Throw std::bad_alloc. True: there will be a span.
bool add_trace(mcp::Observation& observation, ngx_http_request_t* request);
void report_trace(ngx_http_request_t* request, const mcp::Observation& observation);

}  // namespace mcp_resource
