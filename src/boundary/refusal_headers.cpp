#include "boundary/refusal_headers.h"

#include <string>

#include "boundary/refusal.h"
#include "ngx/header.h"
#include "ngx/location.h"
#include "ngx/pool.h"

namespace boundary {
namespace {

// Of one module: each has its own, and does not see those of others.
struct NotedHeader {
    const ngx_http_request_t* request;
    void** location;  // nginx has a configuration for each
    ngx_table_elt_t* header;
    ngx_int_t status;
};

// `is_wrong`: of a NotedHeader.
template <class Predicate>
void drop_noted(ngx_http_request_t* request, Predicate is_wrong) noexcept {
    // The headers of most responses are those of their location. (After "satisfy any" there may be a challenge.)
    const bool came_from_elsewhere = request->internal != 0 || request->error_page != 0;
    if (!came_from_elsewhere && request->headers_out.www_authenticate == nullptr) return;
    if (request->header_sent != 0) return;  // it is in "post_action", and the log tells of what was sent
    ngx::find<NotedHeader>(request->pool, [&](const NotedHeader& noted) noexcept {
        if (noted.request == request && is_wrong(noted)) noted.header->hash = 0;
        return false;
    });
}

bool others_may_make_up_for(const ngx_http_request_t* request, ngx_int_t status) noexcept {
    return ngx::location_of(request).satisfy == NGX_HTTP_SATISFY_ANY &&
           (status == NGX_HTTP_UNAUTHORIZED || means_forbidden(status));
}

}  // namespace

void begin_refusal(ngx_http_request_t* request, ngx_int_t status) noexcept {
    if (request->header_sent != 0 || others_may_make_up_for(request, status)) return;
    request->access_code = 0;  // nginx would remember it where an error_page leads
    if (request->internal == 0) return;
    drop_noted(request, [](const NotedHeader&) { return true; });
    // Not Cache-Control: it may be a backend's, beside its X-Accel-Redirect.
    ngx::drop_response_headers(request, {"WWW-Authenticate", "Allow", "Retry-After"});
}

void note_header_of(ngx_http_request_t* request, ngx_int_t status, ngx_table_elt_t& header) {
    ngx::make<NotedHeader>(request->pool, request, request->loc_conf, &header, status);
}

void add_retry_after(ngx_http_request_t* request, ngx_int_t status, std::chrono::seconds time) {
    note_header_of(request, status, ngx::add_response_header(request, "Retry-After", std::to_string(time.count())));
}

void forget_refusals(ngx_http_request_t* request) noexcept {
    const auto page_status = static_cast<ngx_int_t>(request->err_status);  // 0: the page makes its own
    const ngx_int_t kept = page_status != 0 && means_forbidden(page_status) ? NGX_HTTP_FORBIDDEN : page_status;
    drop_noted(request, [&](const NotedHeader& noted) {
        const bool belongs_to_page = kept != 0 && (noted.status == any_status || noted.status == kept);
        return noted.location == request->loc_conf || !belongs_to_page;
    });
}

void drop_headers_of_others(ngx_http_request_t* request) noexcept {
    const auto status = static_cast<ngx_int_t>(request->headers_out.status);
    drop_noted(request,
               [status](const NotedHeader& noted) { return noted.status != any_status && noted.status != status; });
}

}  // namespace boundary
