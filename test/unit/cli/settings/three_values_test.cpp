#include "cli/settings/three_values.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

namespace cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ThreeValues values() {
    ThreeValues values;
    values.resource = "https://mcp.example.com/mcp";
    values.authorization_server = "https://auth.example.com";
    values.backend = "http://backend:3001";
    return values;
}

Findings findings_of(const ThreeValues& values) {
    Findings findings;
    read_gateway(values, findings);
    return findings;
}

Gateway gateway_of(const ThreeValues& values) {
    Findings findings;
    Gateway gateway = read_gateway(values, findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    return gateway;
}

TEST(ThreeValuesTest, AreEnough) {
    const Gateway gateway = gateway_of(values());
    const Resource& resource = gateway.servers.front().resources.front();
    EXPECT_THAT(gateway.servers.front().names, ElementsAre("mcp.example.com"));
    EXPECT_EQ(gateway.port, 80);
    EXPECT_EQ(resource.path, "/mcp");
    EXPECT_TRUE(resource.discovery);
    EXPECT_THAT(resource.authorization_servers, ElementsAre("https://auth.example.com"));
    EXPECT_THAT(resource.required_scopes, IsEmpty());
    EXPECT_FALSE(resource.skip_issuer_check);
    EXPECT_FALSE(resource.metadata_uri);
    ASSERT_EQ(gateway.hosts.size(), 1U);
    EXPECT_EQ(gateway.hosts.front().host, "backend");
}

TEST(ThreeValuesTest, NoValueIsLeftToNginxToRefuse) {
    std::string many;
    for (int i = 0; i < 300; i++)
        many += "s" + std::to_string(i) + ' ';
    const auto only = [](const std::string& option, auto change) {
        ThreeValues changed = values();
        change(changed);
        EXPECT_THAT(findings_of(changed).errors, ElementsAre(testing::StartsWith(option + ' '))) << option;
    };
    for (const std::string wrong : {"http://~x/mcp", "https://*.example.com/mcp", "https://mcp.example.com/healthz/",
                                    "https://mcp.example.com/readyz"})
        only("--resource", [&](ThreeValues& changed) { changed.resource = wrong; });
    only("--authorization-server",
         [&](ThreeValues& changed) { changed.authorization_server = "https://a.example.com/x,https://b.example.com"; });
    for (const std::string& wrong : {std::string("on"), std::string("$x"), std::string("a,b"), std::string("tool=x"),
                                     many, std::string(1500, '"')})
        only("--scope", [&](ThreeValues& changed) { changed.scopes = {wrong}; });
}

TEST(ThreeValuesTest, WhatIsDerivedIsTold) {
    const auto derived = findings_of(values()).derived;
    for (const std::string part :
         {"metadata https://mcp.example.com/.well-known/oauth-protected-resource/mcp", "https://auth.example.com",
          "http://backend:3001/mcp", "port 80", "none is required"})
        EXPECT_THAT(derived, Contains(HasSubstr(part)));
    ThreeValues wrong = values();
    wrong.backend = "x";
    EXPECT_THAT(findings_of(wrong).derived, IsEmpty());
}

TEST(ThreeValuesTest, EachIsMissedByName) {
    EXPECT_FALSE(ThreeValues().are_given());
    ThreeValues one;
    one.port = "80";
    EXPECT_TRUE(one.are_given());
    EXPECT_THAT(findings_of(one).errors,
                ElementsAre("--resource is required but not given", "--authorization-server is required but not given",
                            "--backend is required but not given"));
}

TEST(ThreeValuesTest, APlainUrlSaysThePort) {
    ThreeValues changed = values();
    changed.resource = "http://localhost:8080/mcp";
    EXPECT_EQ(gateway_of(changed).port, 8080);
    EXPECT_THAT(findings_of(changed).warnings, IsEmpty());
    changed.resource = "http://mcp.example.com/mcp";
    EXPECT_EQ(gateway_of(changed).port, 80);
    EXPECT_THAT(findings_of(changed).warnings, ElementsAre(HasSubstr("plain http")));
    changed.resource = "https://mcp.example.com:8443/mcp";
    EXPECT_EQ(gateway_of(changed).port, 80);
    changed.port = "8443";
    EXPECT_EQ(gateway_of(changed).port, 8443);
}

TEST(ThreeValuesTest, ABackendIsAnyUrl) {
    ThreeValues changed = values();
    const auto backend = [&](const std::string& url) {
        changed.backend = url;
        return gateway_of(changed).servers.front().resources.front().backend;
    };
    EXPECT_EQ(backend("https://backend").port, 443);
    EXPECT_EQ(backend("https://backend").transport, Backend::Transport::https);
    EXPECT_EQ(backend("http://backend").port, 80);
    EXPECT_EQ(backend("http://[::1]:3001/a/b").host, "[::1]");
    EXPECT_EQ(backend("http://[::1]:3001/a/b").path, "/a/b");
    EXPECT_EQ(backend("unix:/run/mcp.sock").transport, Backend::Transport::unix_socket);
    EXPECT_EQ(backend("unix:/run/mcp.sock").host, "/run/mcp.sock");
    EXPECT_THAT(gateway_of(changed).hosts, IsEmpty());
}

TEST(ThreeValuesTest, CirclesAreRefused) {
    ThreeValues changed = values();
    changed.resource = "http://localhost:8080/mcp";
    changed.backend = "http://127.0.0.1:8080";
    EXPECT_THAT(findings_of(changed).errors, ElementsAre(HasSubstr("in circles")));
    changed.port = "8081";
    EXPECT_THAT(findings_of(changed).errors, IsEmpty());
}

TEST(ThreeValuesTest, ScopesAreSeparatedBySpaces) {
    ThreeValues changed = values();
    changed.scopes = {"mcp:read mcp:write", "files"};
    EXPECT_THAT(gateway_of(changed).servers.front().resources.front().required_scopes,
                ElementsAre("mcp:read", "mcp:write", "files"));
    for (const std::string wrong : {"a,b", "tool=x", "a\"b", "", "  "}) {
        changed.scopes = {wrong};
        EXPECT_THAT(findings_of(changed).errors, ElementsAre(HasSubstr("--scope"))) << wrong;
    }
}

class HostileOptionTest : public testing::TestWithParam<std::string> {};

// Whatever stands in an option: it is refused with its name.
TEST_P(HostileOptionTest, IsRefusedByName) {
    const auto expect_refused = [](const std::string& name, const ThreeValues& changed) {
        EXPECT_THAT(findings_of(changed).errors, Contains(HasSubstr(name))) << name;
    };
    ThreeValues changed = values();
    changed.resource = GetParam();
    expect_refused("--resource", changed);
    changed = values();
    changed.authorization_server = GetParam();
    expect_refused("--authorization-server", changed);
    for (const std::string prefix : {"", "http://", "http://backend:3001/", "unix:/"}) {
        changed = values();
        changed.backend = prefix + GetParam();
        expect_refused("--backend", changed);
    }
    changed = values();
    changed.port = GetParam();
    expect_refused("--port", changed);
}

INSTANTIATE_TEST_SUITE_P(ThreeValues, HostileOptionTest,
                         testing::Values("a\nb", "a\rb", "\x01", "\x7f", "a\tb", "\xff", "\xc3(", "$host", "${host}",
                                         "x;y", "x{y}", "x\"; return 200 \"", "x'y", "x\\", "x y", "x#y", "(a)",
                                         std::string(std::size_t{64} * 1024, 'a'), std::string("\xed\xa0\x80")));

TEST(ThreeValuesTest, NoMessageShowsASecret) {
    for (const std::string secret : {"https://user:secret@as.example/x?key=secret", "{\"k\":\"secret\"}"}) {
        ThreeValues changed;
        changed.resource = changed.authorization_server = changed.backend = secret;
        EXPECT_THAT(findings_of(changed).errors, AllOf(Not(IsEmpty()), Not(Contains(HasSubstr("secret")))));
    }
}

TEST(ThreeValuesTest, AStatusPageAndRecordsMayBeWithThem) {
    ThreeValues changed = values();
    changed.status_port = "9464";
    changed.audit_log = "stdout";
    const Gateway gateway = gateway_of(changed);
    EXPECT_EQ(gateway.status->port, 9464);
    EXPECT_EQ(gateway.audit->log, "stdout");
    changed.status_port = "80";
    changed.audit_log = "stdot";
    EXPECT_THAT(findings_of(changed).errors,
                ElementsAre(AllOf(HasSubstr("--audit-log \"stdot\""), HasSubstr("is neither \"stdout\"")),
                            AllOf(HasSubstr("--status-port is 80"), HasSubstr("the port of --port"))));
}

TEST(ThreeValuesTest, ALogIsAFileOfWhereTheCommandRuns) {
    ThreeValues changed = values();
    changed.audit_log = "./audit.log";
    const Gateway gateway = gateway_of(changed);
    EXPECT_EQ(gateway.audit->log, (std::filesystem::current_path() / "audit.log").string());
    EXPECT_EQ(gateway.written_file->path, gateway.audit->log);
}

}  // namespace
}  // namespace cli
