// The phase of request processing in which an access module decides.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "ngx/config.h"
#include "ngx/nginx.h"

namespace ngx {

enum class Phase : std::uint8_t {
    preaccess,  // before limit_req and its like, which can then use what the module found out
    access
};

// preaccess | access
inline Phase read_phase(const Arguments& arguments) {
    if (arguments[0] != "preaccess" && arguments[0] != "access")
        throw ConfigError("invalid phase " + in_quotes(arguments[0]) + R"(, it must be "preaccess" or "access")");
    return arguments[0] == "access" ? Phase::access : Phase::preaccess;
}

inline ngx_int_t add_handler(ngx_conf_t* cf, ngx_http_phases phase, ngx_http_handler_pt handler) noexcept {
    auto* core = static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    auto* slot = static_cast<ngx_http_handler_pt*>(ngx_array_push(&core->phases[phase].handlers));
    if (slot == nullptr) return NGX_ERROR;
    *slot = handler;
    return NGX_OK;
}

// In the preaccess phase, whose handlers run in the reverse of the order in which they stand: after those that find out
// who the client is, as the realip module does, and before those that count (limit_req). The former are in the
// post-read phase as well.
inline ngx_int_t add_preaccess_handler(ngx_conf_t* cf, ngx_http_handler_pt handler) noexcept {
    if (add_handler(cf, NGX_HTTP_PREACCESS_PHASE, handler) != NGX_OK) return NGX_ERROR;
    auto* core = static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const auto handlers_of = [core](ngx_http_phases phase) {
        const ngx_array_t& handlers = core->phases[phase].handlers;
        return std::span(static_cast<ngx_http_handler_pt*>(handlers.elts), handlers.nelts);
    };
    const auto post_read = handlers_of(NGX_HTTP_POST_READ_PHASE);
    const auto preaccess = handlers_of(NGX_HTTP_PREACCESS_PHASE);
    const auto first = std::ranges::find_first_of(preaccess, post_read);
    if (first != preaccess.end()) std::rotate(first, preaccess.end() - 1, preaccess.end());
    return NGX_OK;
}

// For a phase whose handlers run in the order in which they stand (NGX_HTTP_LOG_PHASE): before all that were added so
// far.
inline ngx_int_t add_first_handler(ngx_conf_t* cf, ngx_http_phases phase, ngx_http_handler_pt handler) noexcept {
    if (add_handler(cf, phase, handler) != NGX_OK) return NGX_ERROR;
    auto* core = static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    auto* handlers = static_cast<ngx_http_handler_pt*>(core->phases[phase].handlers.elts);
    std::rotate(handlers, handlers + core->phases[phase].handlers.nelts - 1,
                handlers + core->phases[phase].handlers.nelts);
    return NGX_OK;
}

// In the preaccess phase, NGX_OK would skip the handlers after this one (limit_req).
inline ngx_int_t phase_result(Phase phase, ngx_int_t result) noexcept {
    return result == NGX_OK && phase == Phase::preaccess ? NGX_DECLINED : result;
}

}  // namespace ngx
