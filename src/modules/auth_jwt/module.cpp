// ngx_http_auth_jwt_module: what nginx calls.
#include <array>
#include <span>

#include "boundary/checks.h"
#include "boundary/handlers.h"
#include "boundary/refusal.h"
#include "boundary/refusal_headers.h"
#include "modules/auth_jwt/authentication.h"
#include "modules/auth_jwt/config.h"
#include "modules/auth_jwt/directives.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/subrequest.h"

namespace auth_jwt {
namespace {

ngx_http_output_header_filter_pt next_header_filter;

struct Module : boundary::Checks<Authentication, location_conf, server_conf, main_conf, ngx_http_auth_jwt_module> {
    static constexpr std::string_view name = "auth_jwt";

    static std::span<const std::string_view> token_headers_of(const ngx_http_request_t* request) noexcept {
        return location_conf(request).token_headers;
    }
    static std::optional<ngx::Phase> phase_of(const ngx_http_request_t* request) noexcept {
        const LocationConf& conf = location_conf(request);
        return conf.enabled ? std::optional(conf.phase.value_or(ngx::Phase::access)) : std::nullopt;
    }
    static boundary::Handover handover_of(ngx_http_request_t* request) {
        const Authentication* state = state_of(request);
        return {.passed_by_token = state != nullptr && state->passed()};
    }
};

ngx_int_t filter_header(ngx_http_request_t* request) noexcept {
    boundary::Handlers<Module>::refuse_unjudged(request);
    boundary::show_forbidden(request);
    boundary::drop_headers_of_others(request);
    return next_header_filter(request);
}

ngx_int_t before_configuration(ngx_conf_t* cf) noexcept {
    return ngx::guarded<ngx_int_t>(cf->log, NGX_ERROR, [cf] {
        add_variables(cf);
        return NGX_OK;
    });
}

ngx_int_t after_configuration(ngx_conf_t* cf) noexcept {
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter_header;
    ngx::announce_subrequests(ngx_http_auth_jwt_module);
    if (boundary::Handlers<Module>::install(cf) != NGX_OK) return NGX_ERROR;
    if (main_conf_of(cf).endpoints.run(cf) != NGX_OK) return NGX_ERROR;
    if (ngx::DerivedVariables::declare(cf) != NGX_OK) return NGX_ERROR;
    return ngx::Subrequest::install(cf);  // last: its handlers are to be the first
}

constexpr ngx_uint_t anywhere = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_HTTP_LMT_CONF;

template <auto set>
ngx_command_t location_row(std::string_view name, ngx_uint_t arguments) {
    return ngx::row<set>(name, anywhere | arguments, NGX_HTTP_LOC_CONF_OFFSET);
}

template <auto set>
ngx_command_t http_row(std::string_view name, ngx_uint_t arguments) {
    return ngx::row<set>(name, NGX_HTTP_MAIN_CONF | arguments, NGX_HTTP_MAIN_CONF_OFFSET);
}

std::array commands = {
    location_row<set_auth_jwt>("auth_jwt", NGX_CONF_TAKE12),
    http_row<set_auth_jwt_claim_set>("auth_jwt_claim_set", NGX_CONF_2MORE),
    http_row<set_auth_jwt_header_set>("auth_jwt_header_set", NGX_CONF_2MORE),
    location_row<set_auth_jwt_key_file>("auth_jwt_key_file", NGX_CONF_TAKE12),
    location_row<set_auth_jwt_key_request>("auth_jwt_key_request", NGX_CONF_TAKE12),
    location_row<set_auth_jwt_key_request_timeout>("auth_jwt_key_request_timeout", NGX_CONF_TAKE1),
    http_row<set_auth_jwt_key_request_limits>("auth_jwt_key_request_limits", NGX_CONF_1MORE),
    location_row<set_auth_jwt_key_cache>("auth_jwt_key_cache", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_allow_hmac_with_public_keys>("auth_jwt_allow_hmac_with_public_keys", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_validate_exp>("auth_jwt_validate_exp", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_validate_sig>("auth_jwt_validate_sig", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_leeway>("auth_jwt_leeway", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_type>("auth_jwt_type", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_phase>("auth_jwt_phase", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_revocation_list_sub>("auth_jwt_revocation_list_sub", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_revocation_list_kid>("auth_jwt_revocation_list_kid", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_require>("auth_jwt_require", NGX_CONF_1MORE),
    location_row<set_auth_jwt_require_scope>("auth_jwt_require_scope", NGX_CONF_1MORE),
    location_row<set_auth_jwt_require_claim>("auth_jwt_require_claim", NGX_CONF_TAKE3),
    location_row<set_auth_jwt_require_header>("auth_jwt_require_header", NGX_CONF_TAKE3),
    location_row<set_auth_jwt_allow_nested>("auth_jwt_allow_nested", NGX_CONF_NOARGS | NGX_CONF_TAKE12),
    location_row<set_auth_jwt_www_authenticate>("auth_jwt_www_authenticate", NGX_CONF_TAKE1),
    location_row<set_auth_jwt_pass_credentials>("auth_jwt_pass_credentials", NGX_CONF_TAKE1),
    ngx_command_t ngx_null_command,
};

ngx_http_module_t context = {
    .preconfiguration = before_configuration,
    .postconfiguration = after_configuration,
    .create_main_conf = create_main_conf,
    .init_main_conf = nullptr,
    .create_srv_conf = create_server_conf,
    .merge_srv_conf = nullptr,
    .create_loc_conf = create_location_conf,
    .merge_loc_conf = merge_location_conf,
};

}  // namespace
}  // namespace auth_jwt

extern "C" {
ngx_module_t ngx_http_auth_jwt_module = {
    NGX_MODULE_V1,
    &auth_jwt::context,
    auth_jwt::commands.data(),
    NGX_HTTP_MODULE,
    nullptr,                          // init master
    ngx::DerivedVariables::find_all,  // init module
    nullptr,                          // init process
    nullptr,                          // init thread
    nullptr,                          // exit thread
    nullptr,                          // exit process
    nullptr,                          // exit master
    NGX_MODULE_V1_PADDING,
};
}
