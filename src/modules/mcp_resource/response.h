// What this module answers itself.
#pragma once

#include <string_view>

#include "modules/mcp_resource/request_state.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// Sends the refusal of state.decision(), or leaves it to nginx where the location has other plans for its status.
// Returns what the phase handler has to return.
ngx_int_t answer_refusal(ngx_http_request_t* request, const RequestState& state);

// The answer to a browser that asks whether a page may call (Fetch standard, CORS-preflight).
ngx_int_t answer_preflight(ngx_http_request_t* request, const RequestState& state);

// Sends a complete response. Returns NGX_DONE: the request is finished.
ngx_int_t send(ngx_http_request_t* request, ngx_uint_t status, std::string_view content_type, std::string_view body);

// Lets pages of an allowed origin read the response (CORS), instead of what the backend says about it.
void add_cors_headers(ngx_http_request_t* request, const RequestState& state);

// For nginx' own 400 to a request with more than one Authorization header (SPEC 67).
void add_ambiguity_headers(ngx_http_request_t* request, const Endpoint& endpoint);

}  // namespace mcp_resource
