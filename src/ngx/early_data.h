// TLS 1.3 early data (RFC 8470): whoever recorded it can send it again, and again.
#pragma once

#include "ngx/nginx.h"

namespace ngx {

// True for a request, or a part of one, that must not be acted upon before the handshake is complete: one that came in
// early data, here or at a proxy in front (Early-Data, RFC 8470 section 5.1), and whose method is not safe. Its client
// sends it again after the handshake.
bool comes_too_early(const ngx_http_request_t* request) noexcept;

// Says so in the log, and returns the status 425 (Too Early, RFC 8470 section 5.2).
ngx_int_t refuse_early_data(const ngx_http_request_t* request) noexcept;

}  // namespace ngx
