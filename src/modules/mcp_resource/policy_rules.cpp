// What operations need, and what a client is told of it: mcp_scope and its like, made into a policy.
#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/beginnings.h"
#include "mcp/methods.h"
#include "modules/mcp_resource/config.h"
#include "ngx/config.h"

namespace mcp_resource {

using ngx::in_quotes;

namespace {

oauth::ScopeSet intern_all(oauth::ScopeTable& table, const std::vector<std::string>& names) {
    oauth::ScopeSet scopes;
    for (const std::string& name : names) {
        const auto index = table.intern(name);
        if (!index)  // the directive has checked the characters
            refuse_directive("mcp_scope",
                             "more than " + std::to_string(oauth::ScopeSet::capacity) + " different scopes");
        scopes.insert(*index);
    }
    return scopes;
}

void add_scopes(mcp::Resource& resource, const LocationConf& conf) {
    for (const ScopeDirective& rule : conf.scopes)
        for (mcp::OperationPattern& operations : patterns_of("mcp_scope", rule.operations))
            resource.policy.add(
                {.scopes = intern_all(resource.scopes, rule.scopes), .operations = std::move(operations)});
    for (const ImpliesDirective& rule : conf.implications) {
        const auto broad = resource.scopes.intern(rule.broad);
        for (const std::string& name : rule.narrow) {
            const auto narrow = resource.scopes.intern(name);
            if (!broad || !narrow) refuse_directive("mcp_scope_implies", "too many different scopes");
            resource.scopes.imply(*broad, *narrow);
        }
    }
    if (!conf.challenge_scopes.empty()) resource.challenge_scopes = intern_all(resource.scopes, conf.challenge_scopes);
    if (const auto cycle = resource.scopes.compile())
        refuse_directive("mcp_scope_implies", "scope " + in_quotes(*cycle) + " implies itself");
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_known_scope(const LocationConf& conf, const std::string& name) {
    return contains(conf.scopes_supported, name) ||
           std::ranges::any_of(conf.scopes, [&](const ScopeDirective& rule) { return contains(rule.scopes, name); }) ||
           std::ranges::any_of(conf.implications, [&](const ImpliesDirective& rule) {
               return rule.broad == name || contains(rule.narrow, name);
           });
}

// Who gets what the challenge names must not be refused with it; nor be told to ask for what nobody needs (SPEC 5).
void check_challenge_scopes(ngx_conf_t* cf, const LocationConf& conf, const mcp::Resource& resource) {
    if (!resource.challenge_scopes) return;
    const auto granted = resource.scopes.with_implied(*resource.challenge_scopes);
    const auto lacking = resource.policy.general_scopes().without(granted);
    if (!lacking.empty())
        refuse_directive("mcp_challenge_scope", "a token with no more than these scopes lacks " +
                                                    in_quotes(resource.scopes.names(lacking)) +
                                                    ", which every request to " + in_quotes(resource.uri.text()) +
                                                    " needs (\"mcp_scope\"); add it");
    if (!says_itself(conf, "mcp_challenge_scope")) return;
    for (const std::string& name : conf.challenge_scopes)
        if (!is_known_scope(conf, name))
            ngx::warn(cf, "mcp_challenge_scope",
                      "clients ask for " + in_quotes(name) +
                          ", which neither \"mcp_scope\" nor \"mcp_scopes_supported\" names; is it misspelt?");
}

bool is_open(const mcp::Policy& policy, std::string_view pattern, std::string_view method) {
    return mcp::glob_matches(pattern, method) && policy.is_anonymous(method);
}

// Who writes "tools/*" may think of lists alone. "*" says what it does, and is told of where it stands.
void warn_about_wide_pattern(ngx_conf_t* cf, const mcp::Policy& policy, std::string_view pattern) {
    const bool is_wide = pattern.find_first_of("*?") != std::string_view::npos;
    if (!is_wide || pattern.find_first_not_of('*') == std::string_view::npos) return;
    std::string open;
    for (const std::string_view method : mcp::known_methods())
        if (mcp::is_acting(method) && is_open(policy, pattern, method))
            open += (open.empty() ? "" : ", ") + in_quotes(method);
    if (!open.empty())
        ngx::warn(
            cf, "mcp_allow_anonymous",
            in_quotes(pattern) + " also lets everybody use " + open +
                " without a token; name the methods that are meant, or demand a scope for these by \"mcp_scope\"");
}

// A rule with a selector wins over this list.
void warn_about_vain_pattern(ngx_conf_t* cf, const mcp::Policy& policy, std::string_view pattern) {
    std::vector<std::string_view> meant;
    std::ranges::copy_if(mcp::known_methods(), std::back_inserter(meant),
                         [&](std::string_view method) { return mcp::glob_matches(pattern, method); });
    if (meant.empty()) meant.push_back(pattern);  // of the server's own
    if (std::ranges::any_of(meant, [&](std::string_view method) { return policy.is_anonymous(method); })) return;
    ngx::warn(cf, "mcp_allow_anonymous",
              in_quotes(pattern) +
                  " has no effect: an \"mcp_scope\" with a selector demands a scope for all of it, and "
                  "thereby a token; leave one of the two out");
}

void check_anonymous_patterns(ngx_conf_t* cf, const LocationConf& conf, const mcp::Policy& policy) {
    if (!says_itself(conf, "mcp_allow_anonymous") && !says_itself(conf, "mcp_scope")) return;
    for (const std::string& pattern : conf.anonymous_methods) {
        warn_about_wide_pattern(cf, policy, pattern);
        warn_about_vain_pattern(cf, policy, pattern);
    }
}

void check_anonymous_methods(ngx_conf_t* cf, const LocationConf& conf, const mcp::Resource& resource) {
    if (!says_itself(conf, "mcp_allow_anonymous")) return;
    for (const mcp::Beginning& step : mcp::beginnings())
        if (!step.is_served_by(resource.revisions) && contains(conf.anonymous_methods, std::string(step.method)))
            ngx::warn(cf, "mcp_allow_anonymous",
                      in_quotes(step.method) + " is of revisions that \"mcp_protocol_versions\" excludes here");
    const auto is_open = [&](std::string_view method) { return resource.policy.is_anonymous(method); };
    std::string missing;
    for (const std::string_view method : mcp::refused_beginnings(resource.revisions, is_open, std::not_fn(is_open)))
        missing += (missing.empty() ? "" : ", ") + in_quotes(method);
    if (!missing.empty())
        ngx::warn(cf, "mcp_allow_anonymous",
                  "clients that begin without a token also send " + missing +
                      " by themselves, and log in or give up where that is refused; add it");
}

}  // namespace

void add_policy(ngx_conf_t* cf, const LocationConf& conf, mcp::Resource& resource) {
    add_scopes(resource, conf);
    for (const std::string& method : conf.anonymous_methods)
        resource.policy.allow_anonymous(method);
    check_challenge_scopes(cf, conf, resource);
    check_anonymous_methods(cf, conf, resource);
    check_anonymous_patterns(cf, conf, resource.policy);
}

}  // namespace mcp_resource
