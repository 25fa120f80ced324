#include <utility>
#include <vector>

#include "cli/render/parts.h"

namespace cli {
namespace {

void add_in_languages(Configuration& conf, std::string_view directive, const std::vector<InLanguage>& texts) {
    for (const auto& [tag, text] : texts) {
        std::vector<std::string> parameters = {text};
        if (!tag.empty()) parameters.push_back("language=" + tag);
        conf.line(directive, parameters);
    }
}

void add_metadata(Configuration& conf, const Resource& resource) {
    std::vector<std::string> parameters = {resource.uri->text()};
    if (resource.metadata_at_root) parameters.emplace_back("default");
    conf.line("mcp_resource", parameters);
    conf.line_if_said("mcp_audience", resource.audiences);
    add_in_languages(conf, "mcp_resource_name", resource.names);
    add_in_languages(conf, "mcp_resource_documentation", resource.documentation);
    add_in_languages(conf, "mcp_resource_policy_uri", resource.policy_uris);
    add_in_languages(conf, "mcp_resource_tos_uri", resource.tos_uris);
    if (resource.metadata_uri) conf.line("mcp_metadata_uri", {resource.metadata_uri->text()});
}

void add_introspection(Configuration& conf, const Introspection& introspection) {
    std::vector<std::string> parameters = {introspection.url};
    for (const auto& [name, value] :
         {std::pair("client_id", &introspection.client_id),
          std::pair("client_secret_file", &introspection.client_secret_file),
          std::pair("client_authentication", &introspection.client_authentication),
          std::pair("client_key_file", &introspection.client_key_file),
          std::pair("client_certificate_file", &introspection.client_certificate_file),
          std::pair("assertion_audience", &introspection.assertion_audience),
          std::pair("assertion_key_id", &introspection.assertion_key_id),
          std::pair("assertion_algorithm", &introspection.assertion_algorithm),
          std::pair("max_ttl", &introspection.max_ttl), std::pair("negative_ttl", &introspection.negative_ttl),
          std::pair("issuer", &introspection.issuer)})
        if (!value->empty()) parameters.push_back(std::string(name) + '=' + *value);
    conf.line("mcp_introspection", parameters);
}

void add_verification(Configuration& conf, const Resource& resource) {
    if (resource.discovery) conf.line("mcp_discovery", {"on"});
    for (const auto& [source, issuer] : resource.key_sets) {
        std::vector<std::string> parameters = {source};
        if (!issuer.empty()) parameters.push_back("issuer=" + issuer);
        conf.line("mcp_jwks", parameters);
    }
    if (resource.introspection) add_introspection(conf, *resource.introspection);
    conf.line_if_said("mcp_leeway", resource.leeway);
    conf.line_if_said("mcp_algorithms", resource.algorithms);
    conf.line_if_said("mcp_token_type", resource.token_type);
}

void add_scopes(Configuration& conf, const Resource& resource) {
    conf.line_if_said("mcp_scope", resource.required_scopes);
    for (const OperationScopes& rule : resource.operation_scopes) {
        std::vector<std::string> parameters = rule.scopes;
        parameters.push_back(rule.selector + '=' + rule.pattern);
        conf.line("mcp_scope", parameters);
    }
    for (const ImpliedScopes& implied : resource.implied_scopes) {
        std::vector<std::string> parameters = {implied.broad};
        parameters.insert(parameters.end(), implied.narrow.begin(), implied.narrow.end());
        conf.line("mcp_scope_implies", parameters);
    }
    conf.line_if_said("mcp_scopes_supported", resource.supported_scopes);
    conf.line_if_said("mcp_challenge_scope", resource.challenge_scopes);
}

// What requests may say, and what the backend learns from a token.
void add_requests(Configuration& conf, const Resource& resource) {
    conf.line_if_said("mcp_allow_anonymous", resource.anonymous_methods);
    conf.line_if_said("mcp_allowed_origins", resource.allowed_origins);
    conf.line_if_said("mcp_protocol_versions", resource.protocol_versions);
    for (const auto& [header, claim] : resource.identity_headers)
        conf.line("mcp_claim_header", {header, claim});
    conf.line_if_said("mcp_max_body_size", resource.max_body_size);
}

}  // namespace

void add_resource(Configuration& conf, const Resource& resource) {
    add_metadata(conf, resource);
    conf.line("mcp_authorization_server", resource.authorization_servers);
    conf.line_if_said("mcp_issuer", resource.issuers);
    if (resource.skip_issuer_check) conf.line("mcp_insecure_skip_issuer_check", {"on"});
    add_verification(conf, resource);
    add_scopes(conf, resource);
    add_requests(conf, resource);
    add_limits(conf, resource);
}

}  // namespace cli
