#include "cli/settings/syntax.h"

#include <gmock/gmock.h>

#include <string>

namespace cli {
namespace {

TEST(SyntaxTest, NamesAndAddressesAreOneParameter) {
    for (const std::string good : {"a.example", "127.0.0.1", "[::1]", "under_score"})
        EXPECT_TRUE(is_host(good)) << good;
    for (const std::string wrong : {"", "a b", "a;b", "$host", "[::g]", "::1", "a/b", "a:1", "\"a\""})
        EXPECT_FALSE(is_host(wrong)) << wrong;
    for (const std::string good : {"_", "*.example.com", ".example.com", "mcp.*", "mcp.example.com"})
        EXPECT_TRUE(is_server_name(good)) << good;
    for (const std::string wrong : {"", "~^x$", "*", "*.", ".", "a.*.b", "$host", "a;b"})
        EXPECT_FALSE(is_server_name(wrong)) << wrong;
    for (const std::string good : {"10.0.0.2", "10.0.0.2:53", "[fd00::2]", "[fd00::2]:53", "dns.example:5353"})
        EXPECT_TRUE(is_resolver(good)) << good;
    for (const std::string wrong :
         {"", ":53", "10.0.0.2:", "10.0.0.2:0", "10.0.0.2:65536", "fd00::2", "a;b", "[fd00::2"})
        EXPECT_FALSE(is_resolver(wrong)) << wrong;
}

TEST(SyntaxTest, ABackendIsWhereItsUrlSays) {
    const auto http = parse_backend_url("http://backend/a/b");
    ASSERT_TRUE(http);
    EXPECT_EQ(http->port, 80);
    EXPECT_EQ(http->path, "/a/b");
    EXPECT_EQ(parse_backend_url("https://backend")->port, 443);
    EXPECT_EQ(parse_backend_url("unix:/run/mcp.sock")->host, "/run/mcp.sock");
    for (const std::string wrong :
         {"", "backend:80", "ftp://backend", "http://", "http://user@backend", "http://backend/?q=1",
          "http://backend/$host", "http://backend/a;b", "http://backend/%41", "http://backend/a//b", "unix:", "unix:x",
          "unix:/", "unix:/run/a b", "unix:/run/$x", "unix:/run/a:b", "unix:/run/\"x"})
        EXPECT_FALSE(parse_backend_url(wrong)) << wrong;
}

TEST(SyntaxTest, ABackendIsNotNginxItself) {
    for (const std::string circle : {"http://127.0.0.1:8080", "http://localhost:8080/x", "http://[::1]:8080"})
        EXPECT_TRUE(is_this_gateway(*parse_backend_url(circle), 8080)) << circle;
    for (const std::string other : {"http://127.0.0.1:8081", "http://backend:8080", "unix:/run/mcp.sock"})
        EXPECT_FALSE(is_this_gateway(*parse_backend_url(other), 8080)) << other;
}

TEST(SyntaxTest, AServerIsNamedByAHostAlone) {
    const auto name = [](std::string_view text) { return server_name_of(*mcp::ResourceUri::parse(text)); };
    EXPECT_EQ(name("https://mcp.example.com:8443/mcp"), "mcp.example.com");
    EXPECT_EQ(name("https://mcp.example.com./mcp"), "mcp.example.com");
    EXPECT_EQ(name("http://[::1]/mcp"), "[::1]");
    EXPECT_FALSE(name("http://~x/mcp"));
}

TEST(SyntaxTest, AValueIsAsLongAsNginxReadsIt) {
    EXPECT_EQ(unusable_problem(std::string(2048, 'x')), "");
    EXPECT_EQ(unusable_problem(std::string(1024, '"')), "");
    for (const std::string& wrong : {std::string(2049, 'x'), std::string(1025, '"'), std::string(1025, '\\')})
        EXPECT_EQ(unusable_problem(wrong), "is too long: at most 2048 bytes are possible");
    EXPECT_NE(unusable_problem("a\nb"), "");
    EXPECT_EQ(unusable_problem("\xFF"), "is not UTF-8");
}

TEST(SyntaxTest, ScopesAreCountedOnceEach) {
    std::vector<std::string> scopes(1000, "same");
    EXPECT_EQ(too_many_scopes_problem(scopes), "");
    for (int i = 0; i < 256; i++)
        scopes.push_back("s" + std::to_string(i));
    EXPECT_EQ(too_many_scopes_problem(scopes), "names 257 different scopes; at most 256 are possible");
}

TEST(SyntaxTest, SixteenNameServersAreEnough) {
    std::vector<std::string> resolvers(16, "10.0.0.2");
    resolvers.emplace_back("valid=30s");
    EXPECT_EQ(resolvers_problem(resolvers), "");
    resolvers.emplace_back("dns.example");
    EXPECT_EQ(resolvers_problem(resolvers), "names 17 DNS servers; at most 16 are possible");
    EXPECT_EQ(resolvers_problem({"ipv6=off"}), "names no address");
}

TEST(SyntaxTest, ANameServerMayHaveAName) {
    EXPECT_EQ(name_in_resolver("dns.example"), "dns.example");
    EXPECT_EQ(name_in_resolver("dns.example:5353"), "dns.example");
    for (const std::string other : {"10.0.0.2", "10.0.0.2:53", "[fd00::2]", "[fd00::2]:53", "valid=30s", "ipv6=off"})
        EXPECT_EQ(name_in_resolver(other), "") << other;
}

TEST(SyntaxTest, WhatIsSaidOfAnswersIsNoNameServer) {
    for (const std::string good : {"valid=30s", "ipv6=on", "ipv6=off"})
        EXPECT_TRUE(is_resolver_option(good)) << good;
    for (const std::string wrong : {"", "valid=", "valid=$x", "valid=500ms", "ipv6=x", "10.0.0.2"})
        EXPECT_FALSE(is_resolver_option(wrong)) << wrong;
}

TEST(SyntaxTest, WhereNginxTellsWhetherItIsWellNothingElseIs) {
    EXPECT_TRUE(is_path_of_probe("/healthz"));
    EXPECT_TRUE(is_path_of_probe("/readyz"));
    EXPECT_FALSE(is_path_of_probe("/healthz/x"));
    EXPECT_TRUE(is_path_of_probe(normalized_location("/healthz/")));
    EXPECT_EQ(normalized_location("/mcp/"), "/mcp");
    EXPECT_EQ(normalized_location("/"), "/");
}

}  // namespace
}  // namespace cli
