#include "cli/render.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Settings settings() {
    Settings settings;
    settings.server_name = "mcp.example.com";
    settings.resource = *mcp::ResourceUri::parse("https://mcp.example.com/mcp");
    settings.metadata_uri = *mcp::ResourceUri::parse("https://mcp.example.com/.well-known/oauth-protected-resource");
    settings.authorization_servers = {"https://auth.example.com"};
    settings.required_scopes = {"mcp:read"};
    settings.scopes_supported = {"mcp:read", "mcp:write"};
    settings.keys = KeySource{.file_or_url = "/keys/jwks.json"};
    settings.backend = {.tls = false, .host = "backend", .port = 3001};
    settings.port = 80;
    settings.resource_path = "/mcp";
    settings.worker_processes = "auto";
    return settings;
}

TEST(NginxParameterTest, IsWhatNginxReadsAsTheText) {
    EXPECT_EQ(nginx_parameter("https://a.example.com/b?c=d"), "https://a.example.com/b?c=d");
    EXPECT_EQ(nginx_parameter(""), R"("")");
    EXPECT_EQ(nginx_parameter("a b"), R"("a b")");
    EXPECT_EQ(nginx_parameter("a;b"), R"("a;b")");
    EXPECT_EQ(nginx_parameter("a{b}"), R"("a{b}")");
    EXPECT_EQ(nginx_parameter("a#b"), R"("a#b")");
    EXPECT_EQ(nginx_parameter("a'b"), R"("a'b")");
    EXPECT_EQ(nginx_parameter(R"(a"b\c)"), R"("a\"b\\c")");
    EXPECT_EQ(nginx_parameter("\xC3\xA9"), "\"\xC3\xA9\"");
}

TEST(RenderTest, GivesTheSameBytesForTheSameSettings) {
    EXPECT_EQ(render(settings(), {}), render(settings(), {}));
}

TEST(RenderTest, EveryVerificationHasItsDirective) {
    Settings changed = settings();
    EXPECT_THAT(render(changed, {}), HasSubstr("mcp_jwks /keys/jwks.json;"));
    EXPECT_THAT(render(changed, {}), Not(HasSubstr("mcp_introspection")));
    changed.introspection = {"https://as/introspect", "the id", "/keys/secret", "30s"};
    EXPECT_THAT(render(changed, {}), HasSubstr("mcp_introspection https://as/introspect \"client_id=the id\" "
                                               "client_secret_file=/keys/secret max_ttl=30s;"));
    changed.keys = KeySource{};
    EXPECT_THAT(render(changed, {}), HasSubstr("mcp_discovery on;"));
    changed.keys.reset();
    EXPECT_THAT(render(changed, {}), Not(HasSubstr("mcp_discovery")));
}

TEST(RenderTest, ThePathDoesNotMatchItsNeighbours) {
    Settings changed = settings();
    EXPECT_THAT(render(changed, {}), HasSubstr(R"x(location ~ "^/mcp(?:/|$)" {)x"));
    changed.resource_path = "/a.b";
    EXPECT_THAT(render(changed, {}), HasSubstr(R"x(location ~ "^/a\\.b(?:/|$)" {)x"));
    changed.resource_path = "/";
    EXPECT_THAT(render(changed, {}), HasSubstr("location / {\n            mcp_resource"));
}

TEST(RenderTest, ABackendByTlsIsVerified) {
    Settings changed = settings();
    EXPECT_THAT(render(changed, {}), Not(HasSubstr("proxy_ssl")));
    changed.backend.tls = true;
    EXPECT_THAT(render(changed, {}), HasSubstr("proxy_pass https://mcp_backend;"));
    EXPECT_THAT(render(changed, {}), HasSubstr("proxy_ssl_verify on;"));
    EXPECT_THAT(render(changed, {}), HasSubstr("proxy_ssl_name backend;"));
    changed.resolvers = {"10.0.0.2"};
    EXPECT_THAT(render(changed, {}), HasSubstr("set $mcp_backend backend:3001;"));
    EXPECT_THAT(render(changed, {}), HasSubstr("proxy_pass https://$mcp_backend;"));
}

TEST(RenderTest, IsShort) {
    const std::string text = render(settings(), {});
    EXPECT_LE(std::ranges::count(text, '\n'), 60);
}

}  // namespace
}  // namespace cli
