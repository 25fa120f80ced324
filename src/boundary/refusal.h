// What becomes of a refusal.
#pragma once

#include "ngx/nginx.h"

namespace boundary {

// A subrequest that was refused stays refused: "error_page 401 =200" would let auth_request pass. After any other
// result the request may have ended.
inline ngx_int_t without_error_page(ngx_http_request_t* request, ngx_int_t result) noexcept {
    if (result >= NGX_HTTP_SPECIAL_RESPONSE && request != request->main) request->error_page = 1;
    return result;
}

// In the access phase: "satisfy any" asks the next module.
inline bool others_may_let_pass(const ngx_http_request_t* request, ngx_int_t result) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_loc_conf_t*>(ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    return core->satisfy == NGX_HTTP_SATISFY_ANY && (result == NGX_HTTP_UNAUTHORIZED || result == NGX_HTTP_FORBIDDEN);
}

}  // namespace boundary
