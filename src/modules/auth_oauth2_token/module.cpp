// ngx_http_auth_oauth2_token_module: what nginx calls.
#include <array>
#include <span>

#include "boundary/checks.h"
#include "boundary/handlers.h"
#include "boundary/refusal.h"
#include "boundary/refusal_headers.h"
#include "modules/auth_oauth2_token/authentication.h"
#include "modules/auth_oauth2_token/config.h"
#include "modules/auth_oauth2_token/directives.h"
#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/phase.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "ngx/subrequest.h"

namespace auth_oauth2_token {
namespace {

ngx_http_output_header_filter_pt next_header_filter;

struct Module
    : boundary::Checks<Authentication, location_conf, server_conf, main_conf, ngx_http_auth_oauth2_token_module> {
    static constexpr std::string_view name = "auth_oauth2_token";

    static std::span<const std::string_view> token_headers_of(const ngx_http_request_t* /*request*/) noexcept {
        return {};
    }
    static std::optional<ngx::Phase> phase_of(const ngx_http_request_t* request) noexcept {
        const LocationConf& conf = location_conf(request);
        if (!conf.introspects && !conf.exchanges) return std::nullopt;
        return conf.phase.value_or(ngx::Phase::access);
    }
    // Where tokens are exchanged, the backend gets the new one: there, and nowhere else.
    static boundary::Handover handover_of(ngx_http_request_t* request) {
        const Authentication* state = state_of(request);
        if (state == nullptr || !state->passed()) return {};
        if (state->issued() == nullptr) return {.passed_by_token = true};
        const ngx_str_t value = ngx::copy(request->pool, "Bearer " + state->issued()->access_token);
        return {.granted = ngx::view(value), .passed_by_token = true};
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
    ngx::announce_subrequests(ngx_http_auth_oauth2_token_module);
    if (boundary::Handlers<Module>::install(cf) != NGX_OK) return NGX_ERROR;
    const auto& conf = main_conf_of(cf);
    const bool by_certificate =
        conf.credentials && conf.credentials->method() == oauth::ClientAuthentication::tls_client_auth;
    if (conf.endpoints.run(cf, by_certificate) != NGX_OK) return NGX_ERROR;
    if (ngx::DerivedVariables::declare(cf) != NGX_OK) return NGX_ERROR;
    return ngx::Subrequest::install(cf);  // last: its handlers are to be the first
}

constexpr ngx_uint_t anywhere = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

template <auto set>
constexpr ngx_command_t location_row(std::string_view name, ngx_uint_t where_and_arguments) {
    return ngx::row<set>(name, anywhere | where_and_arguments, NGX_HTTP_LOC_CONF_OFFSET);
}

template <auto set>
constexpr ngx_command_t http_row(std::string_view name, ngx_uint_t arguments) {
    return ngx::row<set>(name, NGX_HTTP_MAIN_CONF | arguments, NGX_HTTP_MAIN_CONF_OFFSET);
}

std::array commands = {
    http_row<set_auth_oauth2_token_client_id>("auth_oauth2_token_client_id", NGX_CONF_TAKE1),
    http_row<set_auth_oauth2_token_client_secret>("auth_oauth2_token_client_secret", NGX_CONF_TAKE1),
    http_row<set_auth_oauth2_token_client_secret_file>("auth_oauth2_token_client_secret_file", NGX_CONF_TAKE1),
    http_row<set_auth_oauth2_token_client_authentication>("auth_oauth2_token_client_authentication", NGX_CONF_TAKE12),
    http_row<set_auth_oauth2_token_client_key_file>("auth_oauth2_token_client_key_file", NGX_CONF_TAKE123),
    http_row<set_auth_oauth2_token_request_limits>("auth_oauth2_token_request_limits", NGX_CONF_1MORE),
    http_row<set_auth_oauth2_token_claim_set>("auth_oauth2_token_claim_set", NGX_CONF_TAKE2),
    location_row<set_auth_oauth2_token_introspect>("auth_oauth2_token_introspect", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_introspect_endpoint>("auth_oauth2_token_introspect_endpoint", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_introspect_cache>("auth_oauth2_token_introspect_cache", NGX_CONF_TAKE1234),
    location_row<set_auth_oauth2_token_require_audience>("auth_oauth2_token_require_audience",
                                                         NGX_HTTP_LMT_CONF | NGX_CONF_1MORE),
    location_row<set_auth_oauth2_token_require>("auth_oauth2_token_require", NGX_HTTP_LMT_CONF | NGX_CONF_1MORE),
    location_row<set_auth_oauth2_token_require_scope>("auth_oauth2_token_require_scope",
                                                      NGX_HTTP_LMT_CONF | NGX_CONF_1MORE),
    location_row<set_auth_oauth2_token_www_authenticate>("auth_oauth2_token_www_authenticate", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_pass_credentials>("auth_oauth2_token_pass_credentials", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_phase>("auth_oauth2_token_phase", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_exchange>("auth_oauth2_token_exchange", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_token_endpoint>("auth_oauth2_token_token_endpoint", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_audience>("auth_oauth2_token_audience", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_scope>("auth_oauth2_token_scope", NGX_CONF_TAKE1),
    location_row<set_auth_oauth2_token_exchange_cache>("auth_oauth2_token_exchange_cache", NGX_CONF_TAKE123),
    location_row<set_auth_oauth2_token_timeout>("auth_oauth2_token_timeout", NGX_CONF_TAKE1),
    ngx_command_t ngx_null_command,
};

ngx_http_module_t context = {
    .preconfiguration = before_configuration,
    .postconfiguration = after_configuration,
    .create_main_conf = create_main_conf,
    .init_main_conf = init_main_conf,
    .create_srv_conf = create_server_conf,
    .merge_srv_conf = nullptr,
    .create_loc_conf = create_location_conf,
    .merge_loc_conf = merge_location_conf,
};

}  // namespace
}  // namespace auth_oauth2_token

extern "C" {
ngx_module_t ngx_http_auth_oauth2_token_module = {
    NGX_MODULE_V1,
    &auth_oauth2_token::context,
    auth_oauth2_token::commands.data(),
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
