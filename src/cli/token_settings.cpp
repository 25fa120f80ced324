#include "cli/token_settings.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "cli/commands.h"
#include "cli/settings/times.h"
#include "cli/terminal.h"
#include "mcp/free_text.h"
#include "mcp/token_rules.h"
#include "oauth/scope.h"

namespace cli {
namespace {

// What was said, and by whom.
struct Said {
    std::string origin;
    Resource resource;
    Outgoing outgoing;
    std::string include_folder;
};

std::string first(const std::vector<std::string>& list) {
    return list.empty() ? std::string() : list.front();
}

void judge(const Findings& findings) {
    for (const std::string& error : findings.errors)
        complain(error);
    if (!findings.errors.empty()) fail_usage("");
}

// Beside a server all variables are there. Elsewhere somebody may have set those alone that say what to expect.
Environment completed(Environment environment) {
    const auto is_set = [&](std::string_view name) { return environment.contains(name); };
    if (is_set("MCP_AUTH_MODE")) return environment;
    const bool asks = is_set("MCP_INTROSPECT_ENDPOINT");
    const bool verifies = is_set("MCP_JWT_KEY_FILE") || is_set("MCP_JWKS_URI") || is_set("MCP_DISCOVERY");
    environment["MCP_AUTH_MODE"] = asks ? (verifies ? "auto" : "introspect") : "jwt";
    return environment;
}

std::string names_of(const std::vector<const Resource*>& resources) {
    std::string names;
    for (const Resource* resource : resources)
        names.append(names.empty() ? "" : ", ").append(resource->uri ? resource->uri->text() : "");
    return names;
}

// The one that --resource names, or the only one.
Resource chosen(const Gateway& gateway, const std::string& wanted, const std::string& origin) {
    std::vector<const Resource*> all;
    for (const Server& server : gateway.servers)
        for (const Resource& resource : server.resources)
            all.push_back(&resource);
    if (all.size() == 1 && wanted.empty()) return *all.front();
    const auto found = std::ranges::find_if(
        all, [&](const Resource* resource) { return resource->uri && resource->uri->text() == wanted; });
    if (found != all.end()) return **found;
    fail_usage(wanted.empty() ? origin + " has several resources: choose one by --resource: " + names_of(all)
                              : "--resource: " + shown(wanted) + " is not a resource of " + origin +
                                    ", which has: " + names_of(all));
}

Said said_by_file(const Sources& sources, const Environment& environment, const TokenOptions& options) {
    Findings findings;
    const Gateway gateway = read_gateway(sources, environment, findings);
    judge(findings);
    const std::string origin = settings_file(sources, environment).value_or("");
    return {.origin = origin,
            .resource = chosen(gateway, first(options.resources), origin),
            .outgoing = Outgoing::of(gateway),
            .include_folder = gateway.include_folder};
}

Said said_by_three_values(Sources sources, Environment environment, const TokenOptions& options) {
    Findings findings;
    environment.erase("MCP_CONFIG");  // of a server beside us, which is not meant
    if (!options.resources.empty()) sources.values.resource = options.resources.front();
    sources.values.authorization_server = options.authorization_server;
    sources.values.backend = "unix:/nowhere";  // has no say here
    const Gateway gateway = read_gateway(sources, environment, findings);
    judge(findings);
    return {.origin = "", .resource = chosen(gateway, "", ""), .outgoing = Outgoing::of(gateway), .include_folder = {}};
}

Said said_by_environment(const Environment& environment) {
    Findings findings;
    findings.may_lack_settings = true;
    const Gateway gateway = read_gateway(Sources{}, completed(environment), findings);
    judge(findings);
    if (gateway.servers.empty()) return {};
    return {.origin = "the MCP_* variables",
            .resource = chosen(gateway, "", ""),
            .outgoing = Outgoing::of(gateway),
            .include_folder = {}};
}

Said said_by_all(const TokenOptions& options) {
    const Environment environment = read_environment();
    Sources sources;
    sources.file = options.file;
    sources.overrides_file_variable = true;
    if (!options.authorization_server.empty()) return said_by_three_values(sources, environment, options);
    if (settings_file(sources, environment)) return said_by_file(sources, environment, options);
    if (!settings_in(environment).empty()) return said_by_environment(environment);
    return {};
}

// By the rules of the settings: nginx would start with no other names.
mcp::ResourceUri resource_named(const std::vector<std::string>& names) {
    auto uri = mcp::ResourceUri::parse(names.front());
    if (!uri) fail_usage("--resource " + shown(names.front()) + ' ' + uri.error());
    for (const std::string& alias : names)
        if (const auto problem = mcp::audience_problem(alias); problem && alias != names.front())
            fail_usage("--resource " + shown(alias) + ' ' + problem.what);
    return *std::move(uri);
}

void override_resource(const std::vector<std::string>& names, Resource& resource) {
    if (names.empty()) return;
    auto uri = resource_named(names);
    if (!resource.uri || resource.uri->text() != uri.text()) {
        resource.uri = std::move(uri);
        resource.audiences.clear();
    }
    resource.audiences.insert(resource.audiences.end(), names.begin() + 1, names.end());
}

// What the command line says instead.
void override_with(const TokenOptions& options, Resource& resource) {
    if (!options.keys.empty()) {
        resource.discovery = false;
        resource.key_sets = {{.file_or_url = options.keys, .issuer = {}}};
    }
    if (!options.issuers.empty()) {
        resource.issuers = options.issuers;
        resource.skip_issuer_check = false;
    }
    if (!options.scopes.empty()) resource.required_scopes.clear();
    for (const std::string_view scope : oauth::ScopeTokens(options.scopes))
        resource.required_scopes.emplace_back(scope);
    override_resource(options.resources, resource);
}

std::chrono::seconds leeway_of(const Resource& resource, const TokenOptions& options) {
    return std::chrono::seconds(options.leeway ? *options.leeway : read_seconds(resource.leeway).value_or(0));
}

std::vector<std::string> accepted_issuers(const Resource& resource) {
    if (resource.skip_issuer_check) return {};
    return resource.issuers.empty() ? resource.authorization_servers : resource.issuers;
}

// The keys that an issuer publishes verify its own tokens; or, of the only one, those that carry another name.
std::vector<KeySource> key_sources(const Resource& resource) {
    std::vector<KeySource> sources;
    const std::vector<std::string> accepted = accepted_issuers(resource);
    if (resource.discovery)
        for (const std::string& server : resource.authorization_servers)
            sources.push_back({.source = server,
                               .is_discovered = true,
                               .issuers = resource.skip_issuer_check || !resource.issuers.empty()
                                              ? accepted
                                              : std::vector<std::string>{server}});
    for (const KeySet& set : resource.key_sets)
        if (!set.file_or_url.empty())
            sources.push_back({.source = set.file_or_url,
                               .is_discovered = false,
                               .issuers = set.issuer.empty() ? accepted : std::vector<std::string>{set.issuer}});
    return sources;
}

oauth::jwt::VerificationRules rules_of(const Resource& resource, const TokenOptions& options) {
    oauth::jwt::VerificationRules rules;
    const std::chrono::seconds leeway = leeway_of(resource, options);
    if (resource.uri)
        rules.claims = mcp::claims_rules(*resource.uri, resource.audiences, accepted_issuers(resource), leeway);
    else
        rules.claims = {.accepted_issuers = accepted_issuers(resource),
                        .accepted_audiences = resource.audiences,
                        .leeway = leeway,
                        .bearer_only = true};
    if (resource.token_type == "at+jwt") rules.type = oauth::jwt::TypeRule::access_token_only;
    if (resource.algorithms.empty()) return rules;
    rules.allowed_algorithms = {};
    for (const std::string& name : resource.algorithms)
        if (const auto algorithm = oauth::jwt::parse_algorithm(name)) rules.allowed_algorithms.insert(*algorithm);
    return rules;
}

}  // namespace

TokenSettings token_settings(const TokenOptions& options) {
    Said said = said_by_all(options);
    override_with(options, said.resource);
    Resource& resource = said.resource;
    TokenSettings settings{.origin = std::move(said.origin),
                           .expected = {.keys = nullptr,
                                        .rules = rules_of(resource, options),
                                        .accepts_any_issuer = resource.skip_issuer_check,
                                        .scopes = resource.required_scopes,
                                        .operation_scopes = resource.operation_scopes,
                                        .implied_scopes = resource.implied_scopes,
                                        .include_folder = std::move(said.include_folder)},
                           .keys = key_sources(resource),
                           .introspection = resource.introspection,
                           .introspection_issuers = accepted_issuers(resource),
                           .authorization_server = first(resource.authorization_servers),
                           .outgoing = std::move(said.outgoing)};
    settings.outgoing.as_nginx = true;  // whoever has said what
    settings.outgoing.trust_also(options.ca_file);
    if (settings.introspection && !settings.introspection->issuer.empty())
        settings.introspection_issuers = {settings.introspection->issuer};
    return settings;
}

}  // namespace cli
