// What becomes of a refusal, whoever refuses; and what is refused whoever asks.
#pragma once

#include "ngx/nginx.h"
#include "ngx/phase.h"
#include "oauth/error.h"

namespace boundary {

// A subrequest that was refused stays refused: "error_page 401 =200" would let auth_request pass. After any other
// result the request may have ended.
inline ngx_int_t without_error_page(ngx_http_request_t* request, ngx_int_t result) noexcept {
    if (result >= NGX_HTTP_SPECIAL_RESPONSE && request != request->main) request->error_page = 1;
    return result;
}

// At which level the log tells of it. As nginx's auth_basic does: a client that has not logged in yet is nothing to
// report, nor is one that logs in by what "satisfy any" asks beside us.
ngx_uint_t log_level_of(const ngx_http_request_t* request, oauth::Error error) noexcept;

// In the access phase: "satisfy any" asks the next module.
bool others_may_let_pass(const ngx_http_request_t* request, ngx_int_t result) noexcept;

// A 403 for a reason of its own: with a status that HTTP does not know ("error=473"), an error_page can tell it from
// the other 403s of a location; to everybody else it is one.

// True for 403, and for a status that HTTP and nginx have no meaning for.
bool means_forbidden(ngx_int_t status) noexcept;

// The result of the phase's handler for a request that is refused with `status`. Throws std::bad_alloc.
ngx_int_t refuse_as_forbidden(ngx_http_request_t* request, ngx::Phase phase, ngx_int_t status);

// For a header filter: no client sees the private status.
void show_forbidden(ngx_http_request_t* request) noexcept;

// TLS 1.3 early data (RFC 8470): whoever recorded it can send it again, and again.

// True for a request, or a part of one, that must not be acted upon before the handshake is complete: one that came in
// early data, here or at a proxy in front (Early-Data, RFC 8470 section 5.1), and whose method is not safe. Its client
// sends it again after the handshake.
bool comes_too_early(const ngx_http_request_t* request) noexcept;

// Says so in the log, and returns the status 425 (Too Early, RFC 8470 section 5.2).
ngx_int_t refuse_early_data(const ngx_http_request_t* request) noexcept;

}  // namespace boundary
