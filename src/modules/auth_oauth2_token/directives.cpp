#include "modules/auth_oauth2_token/directives.h"

#include <utility>

#include "base/http_url.h"
#include "ngx/string.h"
#include "ngx/variable.h"

namespace auth_oauth2_token {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

// The URI of an internal location.
EndpointDirective read_endpoint(const ngx::Arguments& arguments) {
    const std::string_view uri = arguments[0];
    auto* value = arguments.complex_value(uri);
    if (!uri.starts_with('/') && !uri.starts_with('$'))
        throw ConfigError("invalid URI " + ngx::url_in_quotes(uri) +
                          ", it must be the one of an internal location, like \"/_introspect\"");
    return {value, ngx::ConfigPlace(arguments.cf())};
}

ngx::ShmCache& read_zone(const ngx::Arguments& arguments, std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    if (name.empty() || colon == std::string_view::npos)
        throw ConfigError("invalid zone " + in_quotes(text) + ", it must be like \"zone=name:1m\"");
    ngx_str_t size_text = ngx::str(text.substr(colon + 1));
    const ssize_t size = ngx_parse_size(&size_text);
    if (size == NGX_ERROR) throw ConfigError("invalid zone size " + in_quotes(text.substr(colon + 1)));
    return ngx::ShmCache::declare(arguments.cf(), name, static_cast<std::size_t>(size),
                                  ngx_http_auth_oauth2_token_module);
}

// A URL, which may hold variables.
ngx_http_complex_value_t* read_issuer(const ngx::Arguments& arguments, std::string_view url) {
    auto* value = arguments.complex_value(url);
    if (ngx::is_constant(*value) && !base::HttpUrl::parse(url))
        throw ConfigError("invalid issuer " + ngx::url_in_quotes(url) +
                          R"(, it must be the URL of the authorization server, like "https://auth.example.com")");
    return value;
}

// zone=name:size [max_ttl=time] [negative_ttl=time] [issuer=url]
CacheSetting read_cache(const ngx::Arguments& arguments, bool has_negative_ttl) {
    CacheSetting setting;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (const auto zone = ngx::parameter(arguments[i], "zone=")) {
            setting.zone = &read_zone(arguments, *zone);
        } else if (const auto max_ttl = ngx::parameter(arguments[i], "max_ttl=")) {
            setting.max_ttl = ngx::Arguments::seconds(*max_ttl);
        } else if (const auto negative_ttl = ngx::parameter(arguments[i], "negative_ttl=");
                   negative_ttl && has_negative_ttl) {
            setting.negative_ttl = ngx::Arguments::seconds(*negative_ttl);
        } else if (const auto issuer = ngx::parameter(arguments[i], "issuer=")) {
            ngx::set_once(setting.issuer, read_issuer(arguments, *issuer));
        } else {
            throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[i]));
        }
    }
    if (setting.zone == nullptr) throw ConfigError("it needs \"zone=name:size\"");
    return setting;
}

}  // namespace

// auth_oauth2_token_introspect on | off
void set_auth_oauth2_token_introspect(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.introspect, arguments.flag(0));
}

// auth_oauth2_token_introspect_endpoint uri
void set_auth_oauth2_token_introspect_endpoint(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.introspect_endpoint, read_endpoint(arguments));
}

// auth_oauth2_token_introspect_cache zone=name:size [max_ttl=time] [negative_ttl=time] [issuer=url]
void set_auth_oauth2_token_introspect_cache(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.introspect_cache, read_cache(arguments, true));
}

// auth_oauth2_token_exchange on | off
void set_auth_oauth2_token_exchange(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.exchange, arguments.flag(0));
}

// auth_oauth2_token_token_endpoint uri
void set_auth_oauth2_token_token_endpoint(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.token_endpoint, read_endpoint(arguments));
}

// auth_oauth2_token_audience string
void set_auth_oauth2_token_audience(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.audience, arguments.complex_value(arguments[0]));
}

// auth_oauth2_token_scope string
void set_auth_oauth2_token_scope(const ngx::Arguments& arguments, LocationConf& conf) {
    if (arguments[0].contains(','))
        arguments.warn(in_quotes(arguments[0]) + " has a comma; RFC 6749 section 3.3 writes spaces between scopes");
    ngx::set_once(conf.scope, arguments.complex_value(arguments[0]));
}

// auth_oauth2_token_exchange_cache zone=name:size [max_ttl=time] [issuer=url]
void set_auth_oauth2_token_exchange_cache(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.exchange_cache, read_cache(arguments, false));
}

// auth_oauth2_token_timeout time
void set_auth_oauth2_token_timeout(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.timeout, ngx::read_time_limit(arguments));
}

// auth_oauth2_token_require_audience uri ... [or=$variable]
void set_auth_oauth2_token_require_audience(const ngx::Arguments& arguments, LocationConf& conf) {
    RequiredAudience required;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto otherwise = ngx::parameter(arguments[i], "or=");
        if (!otherwise) {
            if (arguments[i].empty()) throw ConfigError("an audience is empty");
            if (arguments[i].contains(','))
                throw ConfigError("invalid audience " + in_quotes(arguments[i]) +
                                  ", it has a comma; write spaces between several");
            if (ngx::is_parameter_with_variable(arguments[i]))
                throw ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[i]) +
                                  R"(, it must be "or=$variable")");
            required.audiences.push_back(arguments.complex_value(arguments[i]));
            continue;
        }
        if (!otherwise->starts_with('$'))
            throw ConfigError("invalid parameter " + in_quotes(arguments[i]) + ", it must be like \"or=$variable\"");
        if (ngx::is_variable_name(otherwise->substr(1)))
            ngx::add_optional_variable(arguments.cf(), otherwise->substr(1));
        ngx::set_once(required.otherwise, arguments.complex_value(*otherwise));
    }
    if (required.audiences.empty()) throw ConfigError("no audience is given");
    conf.required_audiences.push_back(std::move(required));
}

// auth_oauth2_token_require $value ... [error=code]
void set_auth_oauth2_token_require(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.required_values.push_back(boundary::RequiredValues::read(arguments));
}

// auth_oauth2_token_require_scope scope ... [override=$variable] [error=code]
void set_auth_oauth2_token_require_scope(const ngx::Arguments& arguments, LocationConf& conf) {
    conf.required_scopes.push_back(boundary::RequiredScopes::read(arguments));
}

// auth_oauth2_token_www_authenticate on | off | string
void set_auth_oauth2_token_www_authenticate(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.challenge, boundary::ChallengeSetting::read(arguments));
}

// auth_oauth2_token_pass_credentials on | off
void set_auth_oauth2_token_pass_credentials(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.pass_credentials, arguments.flag(0));
}

// auth_oauth2_token_phase preaccess | access
void set_auth_oauth2_token_phase(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.phase, ngx::read_phase(arguments));
}

}  // namespace auth_oauth2_token
