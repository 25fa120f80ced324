// What the modules that check tokens by directives tell Handlers in the same way.
#pragma once

#include "boundary/crossing.h"
#include "boundary/refusal_headers.h"
#include "ngx/nginx.h"
#include "ngx/pool.h"
#include "ngx/subrequest.h"
#include "ngx/variable.h"

namespace boundary {

// Authentication: one request on its way through the checks of one location. The rest are the module's own functions
// and its ngx_module_t.
template <class Authentication, auto location_conf, auto server_conf, auto main_conf, ngx_module_t& nginx_module>
struct Checks {
    // Of the location where the request is; null when it has not been looked at there.
    static Authentication* state_of(const ngx_http_request_t* request) noexcept {
        return static_cast<Authentication*>(ngx_http_get_module_ctx(request, nginx_module));
    }

    // The same, made when there is none. nginx clears r->ctx on internal redirects, so that another location checks
    // anew, by its own rules.
    static Authentication& authentication_of(ngx_http_request_t* request) {
        if (Authentication* found = state_of(request)) return *found;
        auto& fresh = ngx::make<Authentication>(request->pool, request, location_conf(request), main_conf(request),
                                                ngx::find_nearest<Authentication>(request));
        ngx_http_set_ctx(request, &fresh, nginx_module);
        return fresh;
    }

    static Place place_of(const ngx_http_request_t* request) noexcept {
        return {.is_protected = location_conf(request).ends_credentials,
                .server_has_boundary = server_conf(request).has_boundary};
    }

    static ngx_int_t judge(ngx_http_request_t* request) {
        try {
            const ngx_int_t result = authentication_of(request).proceed();
            if (result == NGX_OK) forget_refusals(request);
            return result;
        } catch (const ngx::Subrequest::StartFailure&) {
            return NGX_ERROR;
        }
    }

    static ngx_int_t refuse_query_token(ngx_http_request_t* request) {
        return authentication_of(request).refuse_query_token();
    }

    static bool has_passed_same_rules(const ngx_http_request_t* request) noexcept {
        const auto* latest = ngx::find_nearest<Authentication>(request);
        const auto& conf = location_conf(request);
        if (latest == nullptr || !latest->passed()) return false;
        const bool is_own = latest->request() == request && &latest->conf() == &conf;
        return is_own || (latest->conf().origin == conf.origin && !conf.depends_on_request);
    }
};

}  // namespace boundary
