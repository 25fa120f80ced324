#include "boundary/refusal.h"

#include <string>

#include "base/ascii.h"
#include "ngx/location.h"
#include "ngx/log.h"
#include "ngx/pool.h"
#include "ngx/request_headers.h"

namespace boundary {
namespace {

// Of HTTP (the registry of RFC 9110 section 16.2.1), and 444 and 494 to 499 of nginx.
constexpr bool has_meaning(ngx_int_t status) noexcept {
    return status <= 431 || status == 444 || status == 451 || (status >= 494 && status <= 511);
}

class PrivateStatus {
public:
    PrivateStatus(const ngx_http_request_t* request, ngx_uint_t status) noexcept : request_(request), status_(status) {}
    const ngx_http_request_t* request() const noexcept { return request_; }
    ngx_uint_t status() const noexcept { return status_; }

private:
    const ngx_http_request_t* request_;
    ngx_uint_t status_;
};

// As nginx finds out for $ssl_early_data; without TLS 1.3 there is none.
bool is_in_handshake([[maybe_unused]] const ngx_connection_t* connection) noexcept {
#if (NGX_SSL) && defined(SSL_ERROR_EARLY_DATA_REJECTED)  // BoringSSL
    return connection->ssl != nullptr && SSL_in_early_data(connection->ssl->connection);
#elif (NGX_SSL) && defined(SSL_READ_EARLY_DATA_SUCCESS)  // OpenSSL
    return connection->ssl != nullptr && SSL_is_init_finished(connection->ssl->connection) == 0;
#else
    return false;
#endif
}

// RFC 8470 section 5.1: whatever its value is, and however often it stands there.
bool is_marked_by_proxy(const ngx_http_request_t* request) noexcept {
    return ngx::any_request_header(request, [](const ngx_table_elt_t& header) {
        return base::equals_ignoring_case(ngx::name_of(header), "Early-Data");
    });
}

}  // namespace

ngx_uint_t log_level_of(const ngx_http_request_t* request, oauth::Error error) noexcept {
    const bool asks_others = ngx::location_of(request).satisfy == NGX_HTTP_SATISFY_ANY;
    const bool has_not_tried =
        error == oauth::Error::credentials_missing || (error == oauth::Error::credentials_not_bearer && asks_others);
    return has_not_tried ? NGX_LOG_INFO : NGX_LOG_ERR;
}

bool others_may_let_pass(const ngx_http_request_t* request, ngx_int_t result) noexcept {
    return ngx::location_of(request).satisfy == NGX_HTTP_SATISFY_ANY &&
           (result == NGX_HTTP_UNAUTHORIZED || result == NGX_HTTP_FORBIDDEN);
}

bool means_forbidden(ngx_int_t status) noexcept {
    return status == NGX_HTTP_FORBIDDEN || !has_meaning(status);
}

ngx_int_t refuse_as_forbidden(ngx_http_request_t* request, ngx::Phase phase, ngx_int_t status) {
    if (!means_forbidden(status)) return status;
    if (status != NGX_HTTP_FORBIDDEN) ngx::make<PrivateStatus>(request->pool, request, static_cast<ngx_uint_t>(status));
    if (phase != ngx::Phase::access || ngx::location_of(request).satisfy != NGX_HTTP_SATISFY_ANY) return status;
    // As nginx does it for 403 itself: the next access module may let the request pass, and when none does, this is the
    // answer.
    if (request->access_code != NGX_HTTP_UNAUTHORIZED) request->access_code = status;
    return NGX_DECLINED;
}

void show_forbidden(ngx_http_request_t* request) noexcept {
    if (request->headers_out.status == NGX_HTTP_FORBIDDEN ||
        has_meaning(static_cast<ngx_int_t>(request->headers_out.status)))
        return;
    const auto* found = ngx::find_of<PrivateStatus>(request);
    if (found == nullptr || found->status() != request->headers_out.status) return;
    request->headers_out.status = NGX_HTTP_FORBIDDEN;
    if (request->err_status != 0) request->err_status = NGX_HTTP_FORBIDDEN;  // what $status is
}

bool comes_too_early(const ngx_http_request_t* request) noexcept {
    constexpr ngx_uint_t safe = NGX_HTTP_GET | NGX_HTTP_HEAD | NGX_HTTP_OPTIONS;
    const ngx_http_request_t* main = request->main;
    if ((main->method & safe) != 0) return false;
    return is_in_handshake(main->connection) || is_marked_by_proxy(main);
}

ngx_int_t refuse_early_data(const ngx_http_request_t* request) noexcept {
    constexpr ngx_int_t too_early = 425;
    ngx::log(NGX_LOG_INFO, request, "refused with 425: it came in TLS early data, which may be sent again by others");
    return too_early;
}

}  // namespace boundary
