// Lines in nginx's error log. nginx adds the time, the client and the request.
#pragma once

#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// `level`: NGX_LOG_ERR, ... Nothing is escaped: what came from a client or an authorization server is given in
// printable ASCII, escaped and cut, and never a token or a secret.
inline void log(ngx_uint_t level, ngx_log_t* log, std::string_view text) noexcept {
    ngx_log_error(level, log, 0, "%*s", text.size(), text.data());
}

inline void log(ngx_uint_t level, const ngx_http_request_t* request, std::string_view text) noexcept {
    log(level, request->connection->log, text);
}

}  // namespace ngx
