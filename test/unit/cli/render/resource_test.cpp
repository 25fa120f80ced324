#include <gmock/gmock.h>

#include <string>

#include "cli/render/parts.h"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Resource complete() {
    Resource resource;
    resource.uri = *mcp::ResourceUri::parse("https://a.example/mcp");
    resource.metadata_uri = *mcp::ResourceUri::parse("https://a.example/m");
    resource.metadata_at_root = true;
    resource.names = {{.tag = "", .text = "Files; \"mine\""}, {.tag = "de", .text = "Dateien"}};
    resource.documentation = {{.tag = "", .text = "https://a.example/docs"}};
    resource.policy_uris = {{.tag = "", .text = "https://a.example/policy"}};
    resource.tos_uris = {{.tag = "", .text = "https://a.example/tos"}};
    resource.audiences = {"api://files"};
    resource.authorization_servers = {"https://one.example", "https://two.example"};
    resource.issuers = {"https://iss.example"};
    resource.key_sets = {{.file_or_url = "/keys.json", .issuer = "https://one.example"}};
    resource.required_scopes = {"mcp:read"};
    resource.operation_scopes = {{.selector = "tool", .pattern = "write_*", .scopes = {"mcp:write"}}};
    resource.implied_scopes = {{.broad = "mcp:admin", .narrow = {"mcp:read", "mcp:write"}}};
    resource.supported_scopes = {"mcp:read", "mcp:write"};
    resource.challenge_scopes = {"mcp:read"};
    resource.anonymous_methods = {"initialize"};
    resource.allowed_origins = {"https://app.example"};
    resource.protocol_versions = {"2025-11-25"};
    resource.identity_headers = {{"X-User", "sub"}};
    resource.leeway = "30s";
    resource.algorithms = {"RS256"};
    resource.token_type = "at+jwt";
    resource.max_body_size = "1m";
    return resource;
}

std::string text(const Resource& resource) {
    Configuration conf;
    add_resource(conf, resource);
    return conf.take_text();
}

TEST(ResourceTest, EverythingThatCanBeSaidHasItsDirective) {
    const std::string conf = text(complete());
    for (const std::string line : {"mcp_resource https://a.example/mcp default;",
                                   "mcp_metadata_uri https://a.example/m;",
                                   "mcp_resource_name \"Files; \\\"mine\\\"\";",
                                   "mcp_resource_name Dateien language=de;",
                                   "mcp_resource_documentation https://a.example/docs;",
                                   "mcp_resource_policy_uri https://a.example/policy;",
                                   "mcp_resource_tos_uri https://a.example/tos;",
                                   "mcp_audience api://files;",
                                   "mcp_authorization_server https://one.example https://two.example;",
                                   "mcp_issuer https://iss.example;",
                                   "mcp_jwks /keys.json issuer=https://one.example;",
                                   "mcp_scope mcp:read;",
                                   "mcp_scope mcp:write tool=write_*;",
                                   "mcp_scope_implies mcp:admin mcp:read mcp:write;",
                                   "mcp_scopes_supported mcp:read mcp:write;",
                                   "mcp_challenge_scope mcp:read;",
                                   "mcp_allow_anonymous initialize;",
                                   "mcp_allowed_origins https://app.example;",
                                   "mcp_protocol_versions 2025-11-25;",
                                   "mcp_claim_header X-User sub;",
                                   "mcp_leeway 30s;",
                                   "mcp_algorithms RS256;",
                                   "mcp_token_type at+jwt;",
                                   "mcp_max_body_size 1m;"})
        EXPECT_THAT(conf, HasSubstr(line + "\n"));
    EXPECT_THAT(conf, Not(HasSubstr("mcp_insecure_skip_issuer_check")));
}

TEST(ResourceTest, WhatWasNotSaidIsLeftOut) {
    Resource resource;
    resource.uri = *mcp::ResourceUri::parse("https://a.example/mcp");
    resource.authorization_servers = {"https://auth.example"};
    resource.discovery = true;
    EXPECT_EQ(
        text(resource),
        "mcp_resource https://a.example/mcp;\nmcp_authorization_server https://auth.example;\nmcp_discovery on;\n");
    resource.skip_issuer_check = true;
    EXPECT_THAT(text(resource), HasSubstr("mcp_insecure_skip_issuer_check on;"));
}

TEST(ResourceTest, IntrospectionSaysAllThatItIsTold) {
    Resource resource = complete();
    Introspection& introspection = resource.introspection.emplace();
    introspection.url = "https://one.example/introspect";
    introspection.client_id = "gateway";
    introspection.client_authentication = "private_key_jwt";
    introspection.client_key_file = "/key.pem";
    introspection.assertion_audience = "https://one.example";
    introspection.negative_ttl = "5s";
    introspection.issuer = "https://one.example";
    EXPECT_THAT(text(resource),
                HasSubstr("mcp_introspection https://one.example/introspect client_id=gateway "
                          "client_authentication=private_key_jwt client_key_file=/key.pem "
                          "assertion_audience=https://one.example negative_ttl=5s issuer=https://one.example;"));
}

}  // namespace
}  // namespace cli
