#include "cli/render/render.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Gateway gateway() {
    Resource resource;
    resource.uri = *mcp::ResourceUri::parse("https://mcp.example.com/mcp");
    resource.metadata_uri = *mcp::ResourceUri::parse("https://mcp.example.com/.well-known/oauth-protected-resource");
    resource.authorization_servers = {"https://auth.example.com"};
    resource.required_scopes = {"mcp:read"};
    resource.supported_scopes = {"mcp:read", "mcp:write"};
    resource.key_sets = {{.file_or_url = "/keys/jwks.json", .issuer = {}}};
    resource.backend.host = "backend";
    resource.backend.port = 3001;
    resource.path = "/mcp";
    Gateway gateway;
    gateway.port = 80;
    gateway.servers = {{.names = {"mcp.example.com"}, .resources = {resource}}};
    return gateway;
}

Resource& resource_of(Gateway& gateway) {
    return gateway.servers.front().resources.front();
}

std::string text(const Gateway& gateway) {
    return render(gateway, {}).text;
}

TEST(RenderTest, GivesTheSameBytesForTheSameSettings) {
    EXPECT_EQ(text(gateway()), text(gateway()));
}

TEST(RenderTest, EveryVerificationHasItsDirective) {
    Gateway changed = gateway();
    EXPECT_THAT(text(changed), HasSubstr("mcp_jwks /keys/jwks.json;"));
    EXPECT_THAT(text(changed), Not(HasSubstr("mcp_introspection")));
    Introspection introspection;
    introspection.url = "https://as/introspect";
    introspection.client_id = "the id";
    introspection.client_secret_file = "/keys/secret";
    introspection.max_ttl = "30s";
    resource_of(changed).introspection = introspection;
    EXPECT_THAT(text(changed), HasSubstr("mcp_introspection https://as/introspect \"client_id=the id\" "
                                         "client_secret_file=/keys/secret max_ttl=30s;"));
    resource_of(changed).key_sets.clear();
    EXPECT_THAT(text(changed), Not(HasSubstr("mcp_jwks")));
    EXPECT_THAT(text(changed), Not(HasSubstr("mcp_discovery")));
    resource_of(changed).discovery = true;
    EXPECT_THAT(text(changed), HasSubstr("mcp_discovery on;"));
}

TEST(RenderTest, ThePathDoesNotMatchItsNeighbours) {
    Gateway changed = gateway();
    EXPECT_THAT(text(changed), HasSubstr(R"x(location ~* "^/mcp(?:/|$)" {)x"));
    resource_of(changed).path = "/a.b";
    EXPECT_THAT(text(changed), HasSubstr(R"x(location ~* "^/a\\.b(?:/|$)" {)x"));
    resource_of(changed).path = "/";
    EXPECT_THAT(text(changed), HasSubstr("location / {\n            mcp_resource"));
}

TEST(RenderTest, ABackendByTlsIsVerified) {
    Gateway changed = gateway();
    EXPECT_THAT(text(changed), Not(HasSubstr("proxy_ssl")));
    resource_of(changed).backend.transport = Backend::Transport::https;
    EXPECT_THAT(text(changed), HasSubstr("proxy_pass https://mcp_backend;"));
    EXPECT_THAT(text(changed), HasSubstr("proxy_ssl_verify on;"));
    EXPECT_THAT(text(changed), HasSubstr("proxy_ssl_name backend;"));
    changed.resolvers = {"10.0.0.2"};
    EXPECT_THAT(text(changed), HasSubstr("set $mcp_backend backend:3001;"));
    EXPECT_THAT(text(changed), HasSubstr("proxy_pass https://$mcp_backend;"));
}

TEST(RenderTest, IsShort) {
    EXPECT_LE(std::ranges::count(text(gateway()), '\n'), 100);
}

}  // namespace
}  // namespace cli
