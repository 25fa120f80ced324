// The one shape of every function that nginx calls: C code cannot unwind an exception.
#pragma once

#include <exception>
#include <utility>

#include "ngx/log.h"

namespace ngx {

// Returns what `function` returns, or `on_exception`, which must be a refusal, when it throws.
template <class Result, class Function>
Result guarded(ngx_log_t* log, Result on_exception, Function&& function) noexcept {
    try {
        return std::forward<Function>(function)();
    } catch (const std::bad_alloc&) {
        ngx::log(NGX_LOG_CRIT, log, "out of memory");
    } catch (const std::exception& exception) {
        ngx::log(NGX_LOG_CRIT, log, exception.what());
    } catch (...) {
        ngx::log(NGX_LOG_CRIT, log, "an unknown exception");
    }
    return on_exception;
}

template <class Function>
ngx_int_t guarded(const ngx_http_request_t* request, Function&& function) noexcept {
    return guarded<ngx_int_t>(request->connection->log, NGX_HTTP_INTERNAL_SERVER_ERROR,
                              std::forward<Function>(function));
}

}  // namespace ngx
