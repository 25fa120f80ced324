// What operations need: mcp_scope and its like.
#include <algorithm>
#include <utility>

#include "modules/mcp_resource/directives.h"
#include "modules/mcp_resource/free_text.h"

namespace mcp_resource {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

// SPEC 7
void warn_about_offline_access(const ngx::Arguments& arguments, const std::vector<std::string>& scopes) {
    if (std::ranges::find(scopes, "offline_access") != scopes.end())
        arguments.warn(
            "\"offline_access\" is between client and authorization server, a resource demands no such scope");
}

// Who writes "tools=x" or "Tool=x" does not mean a scope.
bool looks_like_selector(std::string_view argument) noexcept {
    const std::size_t length = argument.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    return length != 0 && length != std::string_view::npos && argument[length] == '=';
}

void refuse_selector(std::string_view argument) {
    if (argument.starts_with("name="))
        throw ConfigError("\"name=\" is now \"tool=\", \"prompt=\" or \"resource=\": which of them is " +
                          in_quotes(argument.substr(5)) + "?");
    throw ConfigError("unknown selector " + in_quotes(argument) +
                      ", it must be \"method=\", \"tool=\", \"prompt=\" or \"resource=\"");
}

void add_to_rule(ScopeDirective& rule, std::string_view argument) {
    if (add_selector(rule.operations, argument)) return;
    if (looks_like_selector(argument)) refuse_selector(argument);
    rule.scopes.push_back(read_scope(argument));
}

}  // namespace

// mcp_scope scope ... [method=pattern] [tool=pattern | prompt=pattern | resource=pattern]
void set_mcp_scope(const ngx::Arguments& arguments, LocationConf& conf) {
    ScopeDirective rule;
    for (std::size_t i = 0; i < arguments.size(); i++)
        add_to_rule(rule, arguments[i]);
    if (rule.scopes.empty()) throw ConfigError("no scope is given");
    warn_about_offline_access(arguments, rule.scopes);
    if (!rule.operations.method.empty()) warn_about_unknown_method(arguments, rule.operations.method);
    conf.scopes.push_back(std::move(rule));
}

// mcp_scope_implies broad narrow ...
void set_mcp_scope_implies(const ngx::Arguments& arguments, LocationConf& conf) {
    ImpliesDirective rule{.broad = read_scope(arguments[0]), .narrow = {}};
    for (std::size_t i = 1; i < arguments.size(); i++)
        rule.narrow.push_back(read_scope(arguments[i]));
    conf.implications.push_back(std::move(rule));
}

// mcp_scopes_supported scope ...
void set_mcp_scopes_supported(const ngx::Arguments& arguments, LocationConf& conf) {
    for (std::size_t i = 0; i < arguments.size(); i++)
        conf.scopes_supported.push_back(read_scope(arguments[i]));
    warn_about_offline_access(arguments, conf.scopes_supported);
}

// mcp_challenge_scope scope ...
void set_mcp_challenge_scope(const ngx::Arguments& arguments, LocationConf& conf) {
    for (std::size_t i = 0; i < arguments.size(); i++)
        conf.challenge_scopes.push_back(read_scope(arguments[i]));
    warn_about_offline_access(arguments, conf.challenge_scopes);
}

// mcp_allow_anonymous method ...
void set_mcp_allow_anonymous(const ngx::Arguments& arguments, LocationConf& conf) {
    for (std::size_t i = 0; i < arguments.size(); i++) {
        conf.anonymous_methods.push_back(read_method_pattern(arguments[i]));
        warn_about_unknown_method(arguments, arguments[i]);
        if (arguments[i].find_first_not_of('*') == std::string_view::npos)
            arguments.warn("every request is allowed without a token");
    }
}

}  // namespace mcp_resource
