// A 403 for a reason of its own. With a status that HTTP does not know ("error=473"), an error_page can tell it from
// the other 403s of a location; to everybody else it is one.
#pragma once

#include "ngx/nginx.h"
#include "ngx/phase.h"

namespace ngx {

// True for 403, and for a status that HTTP and nginx have no meaning for.
bool means_forbidden(ngx_int_t status) noexcept;

// The result of the phase's handler for a request that is refused with `status`. Throws std::bad_alloc.
ngx_int_t refuse_as_forbidden(ngx_http_request_t* request, Phase phase, ngx_int_t status);

// For a header filter: no client sees the private status.
void show_forbidden(ngx_http_request_t* request) noexcept;

}  // namespace ngx
