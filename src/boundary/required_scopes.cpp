#include "boundary/required_scopes.h"

#include <iterator>
#include <new>
#include <string_view>
#include <utility>

#include "boundary/required_values.h"
#include "ngx/variable.h"
#include "oauth/scope.h"

namespace boundary {
namespace {

using Reason = ScopeRefusal::Reason;

void check_constant_scopes(std::string_view text) {
    const oauth::ScopeTokens tokens(text);
    if (tokens.begin() == std::default_sentinel) throw ngx::ConfigError("a scope is empty");
    for (const std::string_view token : tokens) {
        if (!oauth::is_scope_token(token))
            throw ngx::ConfigError("invalid scope " + ngx::in_quotes(token) +
                                   ", it must be of visible ASCII characters without \" and \\");
        if (const auto mistake = oauth::scope_mistake(token); !mistake.empty())
            throw ngx::ConfigError("invalid scope " + ngx::in_quotes(token) + ", it " + std::string(mistake) +
                                   (token.contains(',') ? "; write spaces between several" : ""));
    }
}

void set_override(RequiredScopes& required, const ngx::Arguments& arguments, std::string_view variable) {
    if (!variable.starts_with('$'))
        throw ngx::ConfigError("invalid parameter " + ngx::in_quotes("override=" + std::string(variable)) +
                               ", it must be like \"override=$variable\"");
    if (required.override_variable) throw ngx::ConfigError("\"override=\" appears twice");
    ngx::add_optional_variable(arguments.cf(), variable.substr(1));
    required.override_variable = arguments.variable_index(variable);
    required.override_name = variable;
}

// nullopt: nobody has defined the variable, or it has no value.
std::optional<bool> overriding_verdict(ngx_http_request_t* request, const RequiredScopes& required) {
    if (!required.override_variable) return std::nullopt;
    const ngx_http_variable_value_t* value = ngx_http_get_flushed_variable(request, *required.override_variable);
    if (value == nullptr) throw std::bad_alloc();
    if (value->not_found != 0) return std::nullopt;
    return is_true({reinterpret_cast<const char*>(value->data), value->len});
}

void add(std::string& list, std::string_view scope) {
    const oauth::ScopeTokens known(list);
    for (const std::string_view token : known)
        if (token == scope) return;
    if (!list.empty()) list += ' ';
    list += scope;
}

// The scopes of `text` that the claims do not grant; nullopt when it names none, or what is no scope.
std::optional<std::string> missing_of(std::string_view text, const oauth::json::Value& claims) {
    std::string missing;
    const oauth::ScopeTokens tokens(text);
    if (tokens.begin() == std::default_sentinel) return std::nullopt;
    for (const std::string_view token : tokens) {
        if (!oauth::is_scope_token(token)) return std::nullopt;
        if (!oauth::scope_contains(claims, token)) add(missing, token);
    }
    return missing;
}

std::optional<ScopeRefusal> check_one(ngx_http_request_t* request, const RequiredScopes& required,
                                      const oauth::json::Value& claims) {
    const auto claim = oauth::ScopeClaim::of(claims);
    if (claim && !claim->is_well_formed())
        return ScopeRefusal{Reason::insufficient,
                            "its " + ngx::in_quotes(claim->name) +
                                " is neither a string nor an array of strings, so it has no scope at all",
                            required.status};
    if (const auto verdict = overriding_verdict(request, required)) {
        if (*verdict) return std::nullopt;
        return ScopeRefusal{Reason::insufficient, ngx::in_quotes(required.override_name) + " is empty or \"0\"",
                            required.status};
    }
    std::string all_missing;
    for (std::size_t i = 0; i < required.values.size(); ++i) {
        const auto missing = missing_of(ngx::evaluate(request, *required.values[i]), claims);
        if (!missing)
            return ScopeRefusal{
                Reason::nothing_required,
                "the required scope " + ngx::in_quotes(required.names[i]) + " is empty, or no scope, in this request",
                NGX_HTTP_INTERNAL_SERVER_ERROR};
        for (const std::string_view scope : oauth::ScopeTokens(*missing))
            add(all_missing, scope);
    }
    if (all_missing.empty()) return std::nullopt;
    return ScopeRefusal{Reason::insufficient, "it lacks " + ngx::in_quotes(all_missing), required.status};
}

}  // namespace

RequiredScopes RequiredScopes::read(const ngx::Arguments& arguments) {
    RequiredScopes required;
    bool has_code = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (const auto code = ngx::parameter(arguments[i], "error=")) {
            if (std::exchange(has_code, true)) throw ngx::ConfigError("\"error=\" appears twice");
            required.status = read_error_code(*code);
        } else if (const auto variable = ngx::parameter(arguments[i], "override=")) {
            set_override(required, arguments, *variable);
        } else {
            if (ngx::is_parameter_with_variable(arguments[i]))
                throw ngx::ConfigError("invalid parameter " + ngx::argument_in_quotes(arguments[i]) +
                                       ", it must be \"override=\" or \"error=\"");
            auto* value = arguments.complex_value(arguments[i]);
            if (ngx::is_constant(*value)) check_constant_scopes(arguments[i]);
            required.values.push_back(value);
            required.names.emplace_back(arguments[i]);
        }
    }
    if (required.values.empty()) throw ngx::ConfigError("no scope is given");
    return required;
}

std::optional<ScopeRefusal> check_scopes(ngx_http_request_t* request, const std::vector<RequiredScopes>& required,
                                         const oauth::json::Value& claims) {
    for (const RequiredScopes& each : required)
        if (auto refusal = check_one(request, each, claims)) return refusal;
    return std::nullopt;
}

std::string scope_attribute(ngx_http_request_t* request, const std::vector<RequiredScopes>& required) {
    std::string list;
    for (const RequiredScopes& each : required)
        for (ngx_http_complex_value_t* value : each.values)
            for (const std::string_view token : oauth::ScopeTokens(ngx::evaluate(request, *value)))
                if (oauth::is_scope_token(token)) add(list, token);
    return list.empty() ? list : ", scope=\"" + list + '"';
}

}  // namespace boundary
