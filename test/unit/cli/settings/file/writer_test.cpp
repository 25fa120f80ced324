#include "cli/settings/file/writer.h"

#include <gmock/gmock.h>

#include "cli/render/render.h"
#include "cli/settings/environment_reader.h"
#include "cli/settings/file/documents.h"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What is rendered of the file that is written of a model is what is rendered of the model.
void expect_same(const Gateway& gateway) {
    const std::string yaml = write_yaml(gateway);
    Findings findings;
    const Gateway again = read_text(yaml, "/etc/mcp.yaml", findings);
    EXPECT_THAT(findings.errors, IsEmpty()) << yaml;
    EXPECT_EQ(render(again, {}).text, render(gateway, {}).text) << yaml;
}

Environment environment() {
    return {{"MCP_AUTH_MODE", "jwt"},
            {"MCP_SERVER_NAME", "mcp.example.com"},
            {"MCP_CANONICAL_URI", "https://mcp.example.com/mcp"},
            {"MCP_METADATA_URI", "https://mcp.example.com/.well-known/oauth-protected-resource"},
            {"MCP_AUTHORIZATION_SERVER", "https://auth.example.com"},
            {"MCP_REQUIRED_SCOPE", "mcp:read"},
            {"MCP_SCOPES_SUPPORTED", "mcp:read,mcp:write"},
            {"MCP_BACKEND", "backend:3001"},
            {"MCP_JWT_KEY_FILE", "/keys/jwks.json"}};
}

void expect_same_with(const Environment& changes) {
    Environment changed = environment();
    for (const auto& [name, value] : changes)
        if (value.empty())
            changed.erase(name);
        else
            changed[name] = value;
    Findings findings;
    const Gateway gateway = read_gateway(changed, findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    expect_same(gateway);
}

TEST(WriterTest, TheEnvironmentAndTheFileOfItMakeTheSameConfiguration) {
    expect_same_with({});
    expect_same_with({{"MCP_SERVER_NAME", "*.example.com"}, {"MCP_RESOURCE_PATH", "/internal/mcp"}});
    expect_same_with({{"MCP_SERVER_NAME", "_"}, {"MCP_RESOURCE_PATH", "/"}});
    expect_same_with({{"MCP_BACKEND", "https://backend:443"}, {"MCP_LISTEN_PORT", "8080"}});
    expect_same_with({{"MCP_BACKEND", "https://[::1]:8443"}, {"MCP_RESOLVER", "10.0.0.2 [fd00::2]:53"}});
    expect_same_with(
        {{"MCP_TLS", "on"}, {"MCP_SSL_CERT_FILE", "/tls/a: b #c.crt"}, {"MCP_SSL_CERT_KEY_FILE", "/tls/k'\"\\"}});
    expect_same_with({{"MCP_JWT_KEY_FILE", ""}, {"MCP_DISCOVERY", "on"}, {"MCP_WORKER_PROCESSES", "4"}});
    expect_same_with(
        {{"MCP_JWT_KEY_FILE", ""}, {"MCP_JWKS_URI", "https://auth.example.com/jwks"}, {"MCP_ACCEPT_ANY_ISSUER", "on"}});
    expect_same_with(
        {{"MCP_AUTHORIZATION_SERVER", "https://a.example.com,https://b.example.com"}, {"MCP_ISSUER", "null"}});
    expect_same_with({{"MCP_SERVER_NAME", "a.example.com .b.example.com mcp.*"}, {"MCP_RESOURCE_PATH", "/mcp/"}});
    expect_same_with({{"MCP_CANONICAL_URI", "https://mcp.example.com/mcp/"}, {"MCP_RESOURCE_PATH", "/mcp/"}});
    expect_same_with({{"MCP_RESOLVER", "ns.example.com:53 valid=30s ipv6=off"}, {"MCP_BACKEND", "unix:/run/a.sock"}});
    expect_same_with({{"MCP_SCOPES_SUPPORTED", "mcp:read urn:x=y"}});
    expect_same_with({{"MCP_OBSERVE", "off"},
                      {"MCP_AUDIT_LOG", "syslog:server=[::1]:514,facility=local7,tag=mcp,nohostname"},
                      {"MCP_STATUS_PORT", "9464"},
                      {"MCP_STATUS_ADDRESS", "10.0.0.1 [::1]"}});
    expect_same_with({{"MCP_AUDIT_LOG", "/var/log/a: b #c"},
                      {"MCP_AUDIT_IDENTITY", "hash"},
                      {"MCP_AUDIT_KEY_FILE", "/run/secrets/key"},
                      {"MCP_AUDIT_REQUIRED", "on"},
                      {"MCP_TRACE_EXPORTER", "https://otel.example.com/v1/traces"},
                      {"MCP_TRACE_SAMPLE", "0.25"},
                      {"MCP_TRACE_HEADERS_FILE", "/run/secrets/headers"},
                      {"MCP_TRACE_SERVICE", "a: #\"$x"}});
    expect_same_with({{"MCP_RATELIMIT_ENABLED", "on"}, {"MCP_RATELIMIT_RATE", "100r/m"}});
    expect_same_with({{"MCP_RATELIMIT_ENABLED", "on"},
                      {"MCP_RATELIMIT_RATE", "1000000r/h"},
                      {"MCP_RATELIMIT_BURST", "0"},
                      {"MCP_RATELIMIT_ALGO", "sliding_window"},
                      {"MCP_RATELIMIT_REDIS", "[fd00::1]:6379"},
                      {"MCP_RATELIMIT_REDIS_PASSWORD_FILE", "/run/secrets/a: b #c"},
                      {"MCP_RATELIMIT_ON_ERROR", "allow"}});
    const Environment introspection = {{"MCP_AUTH_MODE", "introspect"},
                                       {"MCP_JWT_KEY_FILE", ""},
                                       {"MCP_INTROSPECT_ENDPOINT", "https://auth.example.com/introspect"},
                                       {"MCP_CLIENT_ID", "null"},
                                       {"MCP_CLIENT_SECRET_FILE", "/run/secrets/client"},
                                       {"MCP_INTROSPECT_CACHE_MAX_TTL", "30"}};
    expect_same_with(introspection);
    for (const std::string id :
         {"yes", "~",  "&a", "*a",          "!a",   "- a", "a: b", "a #b", "{a}", "[a", "'",  "\"",     "\\", "\\n",
          "%",   "@a", "`a", "caf\xC3\xA9", "0x10", "1e3", " a ",  "?",    "|",   ">",  "a:", "a$host", "<<"}) {
        Environment changes = introspection;
        changes["MCP_CLIENT_ID"] = id;
        expect_same_with(changes);
    }
}

TEST(WriterTest, EveryKeyIsWrittenThatWasRead) {
    for (const file::Object* object : file::objects())
        for (const file::Key& key : object->keys) {
            if (object->is_shared || key.name == "defaults" || key.name == "resources") continue;
            const std::string path = file::path_of(*object, key);
            Findings findings;
            const std::string text = file::document_with(*object, key, std::string(key.example));
            const Gateway gateway = read_text(text, "/etc/mcp.yaml", findings);
            expect_same(gateway);
            if (path == "resources[].keys") continue;
            EXPECT_THAT(write_yaml(gateway), HasSubstr(std::string(key.name) + ":")) << path;
        }
}

TEST(WriterTest, WhatFollowsAnywayIsNotWritten) {
    Findings findings;
    const std::string yaml = write_yaml(read_text(file::document(file::plain_resource()), "/etc/mcp.yaml", findings));
    for (const std::string key : {"path:", "server_names:", "host:", "tls:", "limits:"})
        EXPECT_THAT(yaml, Not(HasSubstr(key)));
    EXPECT_THAT(yaml, HasSubstr("  - url: https://mcp.example.com/mcp\n    backend: http://127.0.0.1:3001\n"));
}

}  // namespace
}  // namespace cli
