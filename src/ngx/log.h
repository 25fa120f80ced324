// Lines in nginx's error log. nginx adds the time, the client and the request.
#pragma once

#include <string_view>

#include "ngx/nginx.h"

namespace ngx {

// `level`: NGX_LOG_ERR, ... Never give it anything that came from the client: it is not escaped.
inline void log(ngx_uint_t level, ngx_log_t* log, std::string_view text) noexcept {
    ngx_log_error(level, log, 0, "%*s", text.size(), text.data());
}

inline void log(ngx_uint_t level, const ngx_http_request_t* request, std::string_view text) noexcept {
    log(level, request->connection->log, text);
}

}  // namespace ngx
