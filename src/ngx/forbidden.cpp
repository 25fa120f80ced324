#include "ngx/forbidden.h"

#include "ngx/pool.h"

namespace ngx {
namespace {

// Of HTTP (the registry of RFC 9110 section 16.2.1), and 444 and 494 to 499 of nginx.
constexpr bool has_meaning(ngx_int_t status) noexcept {
    return status <= 431 || status == 444 || status == 451 || (status >= 494 && status <= 511);
}

struct PrivateStatus {
    const ngx_http_request_t* request;
    ngx_uint_t status;
};

}  // namespace

bool means_forbidden(ngx_int_t status) noexcept {
    return status == NGX_HTTP_FORBIDDEN || !has_meaning(status);
}

ngx_int_t refuse_as_forbidden(ngx_http_request_t* request, Phase phase, ngx_int_t status) {
    if (!means_forbidden(status)) return status;
    if (status != NGX_HTTP_FORBIDDEN) make<PrivateStatus>(request->pool, request, static_cast<ngx_uint_t>(status));
    const auto* core =
        static_cast<const ngx_http_core_loc_conf_t*>(ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    if (phase != Phase::access || core->satisfy != NGX_HTTP_SATISFY_ANY) return status;
    // As nginx does it for 403 itself: the next access module may let the request pass, and when none does, this is the
    // answer.
    if (request->access_code != NGX_HTTP_UNAUTHORIZED) request->access_code = status;
    return NGX_DECLINED;
}

void show_forbidden(ngx_http_request_t* request) noexcept {
    if (request->headers_out.status == NGX_HTTP_FORBIDDEN ||
        has_meaning(static_cast<ngx_int_t>(request->headers_out.status)))
        return;
    const auto* found = find<PrivateStatus>(
        request->pool, [request](const PrivateStatus& candidate) noexcept { return candidate.request == request; });
    if (found != nullptr && found->status == request->headers_out.status)
        request->headers_out.status = NGX_HTTP_FORBIDDEN;
}

}  // namespace ngx
