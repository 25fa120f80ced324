// The response headers that a refusal adds, and what becomes of them when an error_page leads the request elsewhere.
#pragma once

#include <chrono>

#include "ngx/nginx.h"

namespace boundary {

// Before a refusal with this status adds its headers. Where others may make up for it ("satisfy any"), nothing happens:
// rather a challenge too many than none. Else it is the last word: what refusals elsewhere have said, whichever
// module's, goes, and what others have said here counts no more. One challenge is enough (SPEC 66).
void begin_refusal(ngx_http_request_t* request, ngx_int_t status) noexcept;

// This header belongs to a refusal, and to the response with that status alone: an error_page may make another one of
// it. `any_status`: whatever the page makes of it. Throws std::bad_alloc.
inline constexpr ngx_int_t any_status = 0;
void note_header_of(ngx_http_request_t* request, ngx_int_t status, ngx_table_elt_t& header);
// Adds Retry-After to the response of a request that gets `status`. Throws std::bad_alloc.
void add_retry_after(ngx_http_request_t* request, ngx_int_t status, std::chrono::seconds time);

// The request passes here, or others have let it pass: takes out the headers of this module's refusals, unless the
// error_page that led here keeps their status.
void forget_refusals(ngx_http_request_t* request) noexcept;

// For a header filter: takes out those of another status.
void drop_headers_of_others(ngx_http_request_t* request) noexcept;

}  // namespace boundary
