// What this module answers itself, and what it does to the answers of backends.
#pragma once

#include <string_view>

#include "modules/mcp_resource/request_state.h"
#include "ngx/nginx.h"

namespace mcp_resource {

// The refusal of state.decision() is what the client gets: neither another access module nor an "error_page" of the
// location answers in its place, and may want the body.
bool is_answered_here(const ngx_http_request_t* request, const RequestState& state) noexcept;

// Sends the refusal of state.decision(), or leaves it to nginx where the location has other plans for its status.
// Returns what the phase handler has to return.
ngx_int_t answer_refusal(ngx_http_request_t* request, const RequestState& state);

// The answer to a browser that asks whether a page may call (Fetch standard, CORS-preflight).
ngx_int_t answer_preflight(ngx_http_request_t* request, const RequestState& state);

// Sends a complete response. Returns NGX_DONE: the request is finished.
ngx_int_t send(ngx_http_request_t* request, ngx_uint_t status, std::string_view content_type, std::string_view body);

// Lets pages of an allowed origin read the response (CORS), instead of what the backend says about it.
void add_cors_headers(ngx_http_request_t* request, const RequestState& state);

// What the limits of a request say of it (draft-ietf-httpapi-ratelimit-headers), instead of what the backend says of
// limits of its own.
void add_limit_headers(ngx_http_request_t* request, const RequestState& state);

// For nginx' own 400 to a request with more than one Authorization header (SPEC 67).
void add_ambiguity_headers(ngx_http_request_t* request, const Endpoint& endpoint);

// metadata.cpp: serves the protected resource metadata (RFC 9728 section 3). NGX_DECLINED for every path that is not
// one of this server's metadata documents, else NGX_DONE: answered.
ngx_int_t serve_metadata(ngx_http_request_t* request);

// streaming.cpp: whether the answer is of this media type, which is in lower case.
bool has_media_type(const ngx_http_request_t* request, std::string_view media_type) noexcept;

// For a header filter. Events of the backend (MCP Streamable HTTP) reach the client as they come, and a
// stream that is quiet for a while is not cut. Throws std::bad_alloc.
void let_events_flow(ngx_http_request_t* request);

// Keeps the kernel from reading far ahead of a slow client: its buffer for this connection of a backend grows no more.
void bound_backend_buffer(const ngx_http_request_t* request, int size) noexcept;

}  // namespace mcp_resource
