#include "ngx/early_data.h"

#include "ngx/log.h"
#include "ngx/request_headers.h"

namespace ngx {
namespace {

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
    return any_request_header(
        request, [](const ngx_table_elt_t& header) { return equal_ignoring_case(name_of(header), "Early-Data"); });
}

}  // namespace

bool comes_too_early(const ngx_http_request_t* request) noexcept {
    constexpr ngx_uint_t safe = NGX_HTTP_GET | NGX_HTTP_HEAD | NGX_HTTP_OPTIONS;
    const ngx_http_request_t* main = request->main;
    if ((main->method & safe) != 0) return false;
    return is_in_handshake(main->connection) || is_marked_by_proxy(main);
}

ngx_int_t refuse_early_data(const ngx_http_request_t* request) noexcept {
    constexpr ngx_int_t too_early = 425;
    log(NGX_LOG_INFO, request, "refused with 425: it came in TLS early data, which may be sent again by others");
    return too_early;
}

}  // namespace ngx
