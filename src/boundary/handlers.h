// The phase handlers of a module that asks for tokens, and may end them: the same for each such module.
#pragma once

#include <optional>
#include <string>

#include "boundary/handover.h"
#include "boundary/query_token.h"
#include "boundary/refusal.h"
#include "ngx/guard.h"
#include "ngx/log.h"
#include "ngx/phase.h"
#include "ngx/subrequest.h"

namespace boundary {

// Module has these static members:
//   std::string_view name                                          for the log
//   Place place_of(request) noexcept
//   std::span<const std::string_view> token_headers_of(request) noexcept    Crossing::enter()
//   std::optional<ngx::Phase> phase_of(request) noexcept           in which it asks for a token here; none: it does not
//   ngx_int_t judge(request)                                       NGX_OK, NGX_AGAIN (waits), or a status or NGX_ERROR
//   ngx_int_t refuse_query_token(request)
//   bool has_passed_same_rules(request) noexcept                   itself, or what it is a part of
//   Handover handover_of(request)
template <class Module>
struct Handlers {
    static ngx_int_t install(ngx_conf_t* cf) noexcept {
        if (ngx::add_handler(cf, NGX_HTTP_SERVER_REWRITE_PHASE, server_rewrite) != NGX_OK) return NGX_ERROR;
        if (ngx::add_handler(cf, NGX_HTTP_REWRITE_PHASE, rewrite) != NGX_OK) return NGX_ERROR;
        if (ngx::add_preaccess_handler(cf, preaccess) != NGX_OK) return NGX_ERROR;
        if (ngx::add_handler(cf, NGX_HTTP_ACCESS_PHASE, access) != NGX_OK) return NGX_ERROR;
        if (ngx::add_handler(cf, NGX_HTTP_PRECONTENT_PHASE, precontent) != NGX_OK) return NGX_ERROR;
        return ngx::add_first_handler(cf, NGX_HTTP_LOG_PHASE, log);
    }

    // For a header filter. "return" answers before anybody is judged: who asks by auth_request would take that for a
    // yes.
    static void refuse_unjudged(ngx_http_request_t* request) noexcept {
        const ngx_uint_t status = request->headers_out.status;
        if (request == request->main || status < NGX_HTTP_OK || status >= NGX_HTTP_SPECIAL_RESPONSE) return;
        if (!Module::phase_of(request) || Module::has_passed_same_rules(request) || ngx::is_own_subrequest(request))
            return;
        ngx::log(NGX_LOG_ERR, request,
                 std::string(Module::name) +
                     ": refused with 403: something answered a subrequest before its token was looked at, as "
                     "\"return\" does; let a file or a backend answer, or switch the check off there");
        request->headers_out.status = NGX_HTTP_FORBIDDEN;
        request->headers_out.status_line.len = 0;
        request->header_only = 1;  // SSI would show the body
    }

private:
    static ngx_int_t server_rewrite(ngx_http_request_t* request) noexcept {
        if (Module::place_of(request).server_has_boundary) keep_query_token_out_of_request_line(request);
        return NGX_DECLINED;
    }

    static ngx_int_t rewrite(ngx_http_request_t* request) noexcept {
        return ngx::guarded(request, [request]() -> ngx_int_t {
            enter_location(request, Module::place_of(request), Module::token_headers_of(request));
            return NGX_DECLINED;
        });
    }

    // Also for requests that the access phase will judge: what is wrong with them whoever they are. nginx has no access
    // phase for subrequests, so that they are judged here.
    static ngx_int_t preaccess(ngx_http_request_t* request) noexcept {
        return without_error_page(request, ngx::guarded(request, [request]() -> ngx_int_t {
                                      const auto phase = Module::phase_of(request);
                                      if (!phase || ngx::is_own_subrequest(request)) return NGX_DECLINED;
                                      if (comes_too_early(request)) return refuse_early_data(request);
                                      if (has_query_token_to_refuse(request))
                                          return Module::refuse_query_token(request);
                                      if (request == request->main && *phase != ngx::Phase::preaccess)
                                          return NGX_DECLINED;
                                      return ngx::phase_result(ngx::Phase::preaccess,
                                                               end(request, Module::judge(request)));
                                  }));
    }

    static ngx_int_t access(ngx_http_request_t* request) noexcept {
        return ngx::guarded(request, [request]() -> ngx_int_t {
            if (Module::phase_of(request) != ngx::Phase::access) return NGX_DECLINED;
            const ngx_int_t result = Module::judge(request);
            return others_may_let_pass(request, result) ? result : end(request, result);
        });
    }

    static ngx_int_t precontent(ngx_http_request_t* request) noexcept {
        return without_error_page(request, ngx::guarded(request, [request]() -> ngx_int_t {
                                      if (ngx::is_own_subrequest(request)) return NGX_DECLINED;
                                      // Another module's NGX_OK in the preaccess phase would have skipped ours.
                                      if (Module::phase_of(request) && request != request->main)
                                          if (const ngx_int_t result = Module::judge(request); result != NGX_OK)
                                              return result;
                                      if (!Module::place_of(request).is_protected) return NGX_DECLINED;
                                      if (has_query_token_to_refuse(request))
                                          return Module::refuse_query_token(request);
                                      hand_over(request, Module::handover_of(request));
                                      return NGX_DECLINED;
                                  }));
    }

    static ngx_int_t log(ngx_http_request_t* request) noexcept {
        return ngx::guarded(request, [request] {
            before_log(request, Module::place_of(request));
            return NGX_OK;
        });
    }

    static ngx_int_t end(ngx_http_request_t* request, ngx_int_t result) {
        if (result >= NGX_HTTP_SPECIAL_RESPONSE && Module::place_of(request).is_protected)
            leave_without_credentials(request);
        return result;
    }

    static bool has_query_token_to_refuse(const ngx_http_request_t* request) noexcept {
        return Module::place_of(request).is_protected && Module::phase_of(request) &&
               credentials_of(request).token_in_query;
    }
};

}  // namespace boundary
