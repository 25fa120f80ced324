#include "ngx/early_reading.h"

#include <string>

#include "ngx/log.h"
#include "ngx/once_per_minute.h"

namespace ngx {
namespace {

// Of a main request: nobody limits subrequests, and what nginx keeps of "map" is computed again for them.
bool is_before_access(const ngx_http_request_t* request) noexcept {
    const auto* core =
        static_cast<const ngx_http_core_main_conf_t*>(ngx_http_get_module_main_conf(request, ngx_http_core_module));
    const bool has_ended = request->count == 0 || request->headers_out.status != 0 || request->err_status != 0;
    if (request != request->main || has_ended) return false;
    const ngx_http_phase_handler_t* handlers = core->phase_engine.handlers;
    for (ngx_int_t i = 0; i <= request->phase_handler; i++)
        if (handlers[i].checker == ngx_http_core_access_phase) return false;
    return true;
}

}  // namespace

void tell_of_early_reading(const ngx_http_request_t* request, const CheckedVariable& variable) {
    static OncePerMinute messages;
    if (!is_before_access(request) || !messages.is_due()) return;
    const std::string name = variable.name.empty() ? "a variable" : '$' + std::string(variable.name);
    log(NGX_LOG_ERR, request,
        std::string(variable.module) + ": " + name +
            " is read before the request is checked, and is empty; for limit_req and limit_conn add \"" +
            std::string(variable.phase_directive) + " preaccess\"");
}

}  // namespace ngx
