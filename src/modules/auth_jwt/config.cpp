#include "modules/auth_jwt/config.h"

#include <algorithm>
#include <array>

#include "ngx/config.h"
#include "ngx/location.h"
#include "ngx/pool.h"

namespace auth_jwt {
namespace {

// Plain names mean what auth_jwt_allow_nested says on the level where they stand.
void resolve_names(LocationConf& conf) {
    for (ClaimRule& rule : conf.claim_rules) {
        if (rule.path) continue;
        if (!conf.nested) {
            rule.path = oauth::ClaimPath::member(rule.name);
            continue;
        }
        auto path = oauth::ClaimPath::parse_nested(rule.name, *conf.nested);
        if (!path) throw ngx::ConfigError("invalid name in " + describe(rule) + ": " + path.error());
        rule.path = *std::move(path);
    }
}

void inherit_all(LocationConf& conf, const LocationConf& parent) {
    ngx::inherit(conf.auth, parent.auth);
    ngx::inherit(conf.phase, parent.phase);
    ngx::inherit(conf.validate_exp, parent.validate_exp);
    ngx::inherit(conf.validate_sig, parent.validate_sig);
    ngx::inherit(conf.allow_hmac_with_public_keys, parent.allow_hmac_with_public_keys);
    ngx::inherit(conf.leeway, parent.leeway);
    ngx::inherit(conf.key_cache, parent.key_cache);
    ngx::inherit(conf.key_request_timeout, parent.key_request_timeout);
    ngx::inherit(conf.challenge, parent.challenge);
    ngx::inherit(conf.pass_credentials, parent.pass_credentials);
    ngx::add_inherited(conf.keys, parent.keys);
    ngx::add_inherited(conf.revoked_subjects, parent.revoked_subjects);
    ngx::add_inherited(conf.revoked_kids, parent.revoked_kids);
    ngx::add_inherited(conf.claim_rules, parent.claim_rules);
    ngx::add_inherited(conf.required_values, parent.required_values);
    ngx::add_inherited(conf.required_scopes, parent.required_scopes);
}

// Whether nothing on this level itself says who passes. Before it inherits.
bool is_silent(const LocationConf& conf) noexcept {
    const bool has_switch = conf.auth || conf.validate_exp || conf.validate_sig || conf.allow_hmac_with_public_keys ||
                            conf.leeway || conf.nested;
    return !has_switch && conf.keys.empty() && conf.revoked_subjects.empty() && conf.revoked_kids.empty() &&
           conf.claim_rules.empty() && conf.required_values.empty() && conf.required_scopes.empty();
}

// Whether the same rules may mean something else for another URI of the same request.
bool depends_on_request(const LocationConf& conf) {
    const auto is_variable_key = [](const KeySource& source) {
        return source.location != nullptr && !ngx::is_constant(*source.location);
    };
    return (conf.auth && conf.auth->token_variable) || !conf.required_values.empty() || !conf.required_scopes.empty() ||
           std::ranges::any_of(conf.claim_rules, [](const ClaimRule& rule) { return rule.constant == nullptr; }) ||
           std::ranges::any_of(conf.keys, is_variable_key);
}

void derive(LocationConf& conf) {
    conf.enabled = conf.auth && conf.auth->on;
    conf.rules.claims.leeway = conf.leeway.value_or(std::chrono::seconds(0));
    conf.rules.claims.bearer_only = true;
    conf.rules.claims.ignore_expiration = !conf.validate_exp.value_or(true);
    conf.rules.accept_any_signature = !conf.validate_sig.value_or(true);
    conf.rules.allow_symmetric_beside_public_keys = conf.allow_hmac_with_public_keys.value_or(false);
    conf.rules.require_matching_kid = !conf.revoked_kids.empty();
    conf.ends_credentials = !conf.pass_credentials.value_or(true);
    for (const KeySource& source : conf.keys) {
        if (source.keys) conf.constant_keys.push_back(source.keys.get());
        // Whoever believes any signature need not ask for keys.
        conf.has_variable_keys = conf.has_variable_keys || (!source.keys && !conf.rules.accept_any_signature);
    }
    conf.depends_on_request = depends_on_request(conf);
}

void check_endpoints_later(ngx_conf_t* cf, const LocationConf& conf) {
    if (!conf.enabled || !conf.has_variable_keys) return;
    MainConf& main = main_conf_of(cf);
    for (const KeySource& source : conf.keys)
        if (source.kind == KeySource::Kind::request)
            main.endpoints.add(cf, "auth_jwt_key_request", *source.location, source.place, conf.is_of_http);
}

ServerConf& server_conf_of(ngx_conf_t* cf) noexcept {
    return *static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_auth_jwt_module));
}

void warn_about_unused_secrets(ngx_conf_t* cf, const LocationConf& conf, std::string_view location) {
    for (const KeySource& source : conf.keys) {
        if (source.warnings_if_off == nullptr) continue;
        for (const std::string& text : *source.warnings_if_off)
            ngx::warn(cf, "auth_jwt_key_file", text + " in location " + ngx::in_quotes(location));
        source.warnings_if_off->clear();
    }
}

std::string where(ngx_conf_t* cf) {
    return ngx::is_location(cf) ? "in location " + ngx::in_quotes(ngx::view(ngx::location_of(cf).name))
                                : "of the server";
}

bool is_of_query_or_cookie(std::string_view variable) noexcept {
    static constexpr std::array<std::string_view, 5> whole = {"args", "query_string", "request", "request_uri",
                                                              "http_cookie"};
    return variable.starts_with("arg_") || variable.starts_with("cookie_") ||
           std::ranges::find(whole, variable) != whole.end();
}

// Where credentials end, the token must end as well: a header does, the query and cookies hold more than a token.
void end_token(ngx_conf_t* cf, LocationConf& conf) {
    static constexpr std::string_view header = "http_";
    if (!conf.enabled || !conf.auth->token_variable) return;
    const std::string_view name = ngx::variable_name(cf, *conf.auth->token_variable);
    if (!is_of_query_or_cookie(name)) {
        if (name.starts_with(header)) conf.token_headers.push_back(name.substr(header.size()));
        return;
    }
    if (!conf.ends_credentials) return;
    throw ngx::ConfigError("\"off\" contradicts \"auth_jwt ... token=$" + std::string(name) + "\" " + where(cf) +
                           ": the token would be passed to backends and logs; let clients send it in a header, or "
                           "set \"auth_jwt_pass_credentials on\"");
}

// Only warnings: a location may be there for the locations inside of it, which bring keys of their own.
void warn_about_keys(ngx_conf_t* cf, const LocationConf& conf) {
    const bool needs_keys = conf.enabled && !conf.rules.accept_any_signature;
    if (!needs_keys || !ngx::is_location(cf)) return;
    const std::string_view location = ngx::view(ngx::location_of(cf).name);
    if (!conf.rules.allow_symmetric_beside_public_keys) warn_about_unused_secrets(cf, conf, location);
    if (!conf.keys.empty()) return;
    const ngx::ConfigPlace::Borrowed here(cf, conf.auth->place);
    ngx::warn(cf, "auth_jwt",
              "location " + ngx::in_quotes(location) +
                  " has no key, so it refuses every token; add \"auth_jwt_key_file\" or "
                  "\"auth_jwt_key_request\"");
}

}  // namespace

void* create_main_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf] { return &ngx::make<MainConf>(cf->pool); });
}

void* create_server_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf] { return &ngx::make<ServerConf>(cf->pool); });
}

void* create_location_conf(ngx_conf_t* cf) noexcept {
    return ngx::guarded<void*>(cf->log, nullptr, [cf] { return &ngx::make<LocationConf>(cf->pool); });
}

char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept {
    auto* const failure = static_cast<char*>(NGX_CONF_ERROR);
    return ngx::guarded<char*>(cf->log, failure, [&]() -> char* {
        auto& above = *static_cast<LocationConf*>(parent);
        auto& conf = *static_cast<LocationConf*>(child);
        conf.origin = ngx::origin_of(conf, above, is_silent(conf));
        try {
            resolve_names(above);  // nobody merges the http level itself
            ngx::inherit(conf.nested, above.nested);
            resolve_names(conf);
        } catch (const ngx::ConfigError& error) {
            ngx::tell_error(cf, "auth_jwt_allow_nested", error.what());
            return failure;
        }
        conf.is_of_http = ngx::is_of_http(cf, conf.auth || !conf.keys.empty(), above.is_of_http);
        conf.token_headers = above.token_headers;
        inherit_all(conf, above);
        derive(conf);
        check_endpoints_later(cf, conf);
        try {
            end_token(cf, conf);
        } catch (const ngx::ConfigError& error) {
            ngx::tell_error(cf, "auth_jwt_pass_credentials", error.what());
            return failure;
        }
        if (conf.ends_credentials) server_conf_of(cf).has_boundary = true;
        warn_about_keys(cf, conf);
        return NGX_CONF_OK;
    });
}

}  // namespace auth_jwt
