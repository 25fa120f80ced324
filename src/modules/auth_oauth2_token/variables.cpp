#include <array>
#include <optional>
#include <string>

#include "base/text.h"
#include "modules/auth_oauth2_token/authentication.h"
#include "modules/auth_oauth2_token/directives.h"
#include "ngx/early_reading.h"
#include "ngx/log.h"
#include "ngx/pool.h"
#include "ngx/string.h"
#include "ngx/variable.h"
#include "oauth/claim_text.h"
#include "oauth/shown_claims.h"

namespace auth_oauth2_token {

namespace json = oauth::json;

namespace {

// Of this request, or of the one that it is a subrequest of. The latest attempt counts: when that one failed, there is
// no token, even if another location accepted one before.
const Authentication* authentication_of(const ngx_http_request_t* request) noexcept {
    return ngx::find_nearest<Authentication>(request);
}

void note_early_reading(const ngx_http_request_t* request, std::string_view name) {
    ngx::FreshVariables::note_early_reading(request);
    const LocationConf& conf = location_conf(request);
    if (conf.introspects && authentication_of(request) == nullptr)
        ngx::tell_of_early_reading(
            request, {.module = "auth_oauth2_token", .phase_directive = "auth_oauth2_token_phase", .name = name});
}

// What a variable shows.
struct Shown {
    std::string claim;
    bool in_any_form = false;  // our own "scope" and "client_id": what several servers say in several ways

    friend bool operator==(const Shown&, const Shown&) = default;
};

std::optional<json::Value> claim_of(const json::Value& claims, const Shown& shown) noexcept {
    return shown.in_any_form && shown.claim == "client_id" ? oauth::client_claim(claims) : claims.member(shown.claim);
}

// nullopt: it would hold a control character.
std::optional<std::string> scope_text(const json::Value& claims) {
    std::string text = oauth::granted_scopes(claims).value_or("");
    if (base::has_control_characters(text)) return std::nullopt;
    return text;
}

void set_text(ngx_http_request_t* request, ngx_http_variable_value_t& variable, const json::Value& claims,
              const Shown& shown) {
    const bool is_scope = shown.in_any_form && shown.claim == "scope";
    const auto claim = is_scope ? std::nullopt : claim_of(claims, shown);
    if (!claim && !is_scope) return ngx::set_not_found(variable);
    const auto text = is_scope ? scope_text(claims) : oauth::claim_text(*claim);
    if (text) return ngx::set_value(variable, ngx::view(ngx::copy(request->pool, *text)));
    ngx::log(NGX_LOG_ERR, request, "auth_oauth2_token: a claim has control characters, its variable is empty");
    ngx::set_not_found(variable);
}

void set_claim(ngx_http_request_t* request, ngx_http_variable_value_t& variable, const Shown& shown) {
    const Authentication* authentication = authentication_of(request);
    const auto* token = authentication != nullptr ? authentication->token() : nullptr;
    if (token != nullptr) return set_text(request, variable, token->claims(), shown);
    note_early_reading(request, {});
    ngx::set_not_found(variable);
}

template <class Function>
ngx_int_t get(const ngx_http_request_t* request, Function function) noexcept {
    return ngx::guarded<ngx_int_t>(request->connection->log, NGX_ERROR, [&] {
        function();
        return NGX_OK;
    });
}

// `data` is a Shown, which lives as long as the configuration.
ngx_int_t get_claim(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t data) noexcept {
    return get(request, [&] { set_claim(request, *variable, *reinterpret_cast<const Shown*>(data)); });
}

// $oauth2_token_active
ngx_int_t get_active(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t) noexcept {
    return get(request, [&] {
        const Authentication* authentication = authentication_of(request);
        const auto active = authentication != nullptr ? authentication->active() : std::nullopt;
        if (!active) note_early_reading(request, "oauth2_token_active");
        active ? ngx::set_value(*variable, *active ? "1" : "0") : ngx::set_not_found(*variable);
    });
}

// $oauth2_token_new_token and $oauth2_token_new_token_type
template <std::string oauth::exchange::IssuedToken::* part>
ngx_int_t get_issued(ngx_http_request_t* request, ngx_http_variable_value_t* variable, std::uintptr_t) noexcept {
    const Authentication* authentication = authentication_of(request);
    const auto* issued = authentication != nullptr ? authentication->issued() : nullptr;
    issued != nullptr ? ngx::set_value(*variable, issued->*part) : ngx::set_not_found(*variable);
    return NGX_OK;
}

bool is_same(std::uintptr_t a, std::uintptr_t b) {
    return *reinterpret_cast<const Shown*>(a) == *reinterpret_cast<const Shown*>(b);
}

void define(ngx_conf_t* cf, std::string_view variable, const Shown& shown) {
    const auto& data = ngx::make<Shown>(cf->pool, shown);
    ngx::add_own_variable(cf, variable, get_claim, reinterpret_cast<std::uintptr_t>(&data), is_same);
}

}  // namespace

// auth_oauth2_token_claim_set $variable claim
void set_auth_oauth2_token_claim_set(const ngx::Arguments& arguments, MainConf&) {
    const std::string_view name = arguments[0];
    if (name.size() < 2 || !name.starts_with('$'))
        throw ngx::ConfigError("invalid variable " + ngx::in_quotes(name) + ", it must be like \"$name\"");
    define(arguments.cf(), name.substr(1), {.claim = std::string(arguments[1])});
}

void add_variables(ngx_conf_t* cf) {
    using oauth::exchange::IssuedToken;
    for (const std::string_view claim : {"sub", "scope", "client_id", "exp"})
        define(cf, "oauth2_token_" + std::string(claim),
               {.claim = std::string(claim), .in_any_form = claim == "scope" || claim == "client_id"});
    ngx::add_variable(cf, "oauth2_token_active", get_active, 0, NGX_HTTP_VAR_NOCACHEABLE);
    ngx::add_variable(cf, "oauth2_token_new_token", get_issued<&IssuedToken::access_token>, 0,
                      NGX_HTTP_VAR_NOCACHEABLE);
    ngx::add_variable(cf, "oauth2_token_new_token_type", get_issued<&IssuedToken::token_type>, 0,
                      NGX_HTTP_VAR_NOCACHEABLE);
}

}  // namespace auth_oauth2_token
