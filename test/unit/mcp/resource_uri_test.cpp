#include "mcp/resource_uri.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mcp {
namespace {

std::string canonical(std::string_view text) {
    const auto uri = ResourceUri::parse(text);
    return uri ? uri->text() : "error: " + uri.error();
}

// SPEC 20
TEST(ResourceUriTest, SchemeAndHostBecomeLowerCaseAndThePathStaysAsItIs) {
    EXPECT_EQ(canonical("HTTPS://MCP.Example.COM/Mcp"), "https://mcp.example.com/Mcp");
}

TEST(ResourceUriTest, ARootPathLosesItsSlashAndAnyOtherPathKeepsIt) {
    EXPECT_EQ(canonical("https://mcp.example.com/"), "https://mcp.example.com");
    EXPECT_EQ(canonical("https://mcp.example.com/mcp/"), "https://mcp.example.com/mcp/");
    EXPECT_NE(canonical("https://mcp.example.com/mcp"), canonical("https://mcp.example.com/mcp/"));
}

TEST(ResourceUriTest, ADefaultPortIsLeftOut) {
    EXPECT_EQ(canonical("https://a.example:443/mcp"), "https://a.example/mcp");
    EXPECT_EQ(canonical("http://a.example:80/mcp"), "http://a.example/mcp");
    EXPECT_EQ(canonical("https://a.example:80/mcp"), "https://a.example:80/mcp");
}

TEST(ResourceUriTest, WhatIsNoResourceIdentifierIsRefusedWithAReason) {
    const std::vector<std::pair<std::string_view, std::string>> cases = {
        {"/mcp", "is not absolute (https://host/path)"},
        {"", "is not absolute (https://host/path)"},
        {"mcp.example.com/mcp", "is not absolute (https://host/path)"},
        {"ftp://a.example/mcp", "is neither https nor http"},
        {"https://a.example/mcp#top", "has a fragment"},
        {"https://a.example/mcp#", "has a fragment"},
        {"https://user@a.example/mcp", "has user information before the host"},
        {"https:///mcp", "has no valid host"},
        {"https://a_b.example!/mcp", "has no valid host"},
        {"https://[::1/mcp", "has no valid host"},
        {"https://a.example:/mcp", "has no valid port (1 to 65535)"},
        {"https://a.example:0/mcp", "has no valid port (1 to 65535)"},
        {"https://a.example:65536/mcp", "has no valid port (1 to 65535)"},
        {"https://a.example:0443/mcp", "has no valid port (1 to 65535)"},
        {"http://127.1/mcp", "has no valid host"},
        {"http://0x7f.0.0.1/mcp", "has no valid host"},
        {"http://[::0001]/mcp", "has no valid host"},
        {"https://a.example/%2e%2E/b", "has \".\" or \"..\" in its path"},
        {"https://a.example/a/../b", "has \".\" or \"..\" in its path"},
        {"https://a.example/a/.", "has \".\" or \"..\" in its path"},
        {"https://a.example/m cp", "has a character that no URI may have"},
        {"https://a.example/m\"cp", "has a character that no URI may have"},
        {"https://a.example/m\ncp", "has a character that no URI may have"},
        {"https://a.example/\xC3\xA9", "has a character that no URI may have"},
    };
    for (const auto& [text, why] : cases)
        EXPECT_EQ(canonical(text), "error: " + why) << text;
}

// SPEC 54
TEST(ResourceUriTest, TheWellKnownStringStandsBetweenHostAndPath) {
    EXPECT_EQ(ResourceUri::parse("https://a.example/mcp")->well_known_path(),
              "/.well-known/oauth-protected-resource/mcp");
    EXPECT_EQ(ResourceUri::parse("https://a.example")->well_known_path(), "/.well-known/oauth-protected-resource");
    EXPECT_EQ(ResourceUri::parse("https://a.example/mcp?tenant=1")->well_known_path(),
              "/.well-known/oauth-protected-resource/mcp?tenant=1");
}

TEST(ResourceUriTest, PartsAreSeparated) {
    const auto uri = ResourceUri::parse("https://[2001:DB8::1]:8443/mcp?x=/y");
    ASSERT_TRUE(uri) << uri.error();
    EXPECT_EQ(uri->origin(), "https://[2001:db8::1]:8443");
    EXPECT_EQ(uri->path(), "/mcp");
    EXPECT_EQ(uri->query(), "?x=/y");
    EXPECT_TRUE(uri->is_secure());
}

TEST(ResourceUriTest, LoopbackIsTheLocalhostNameAndTheLoopbackAddressesOnly) {
    for (const char* text : {"http://localhost/mcp", "http://127.0.0.1:8080/mcp", "http://[::1]/mcp"})
        EXPECT_TRUE(ResourceUri::parse(text)->is_loopback()) << text;
    for (const char* text : {"http://localhost.example/mcp", "http://127.0.0.1.example/mcp", "http://128.0.0.1/mcp"})
        EXPECT_FALSE(ResourceUri::parse(text)->is_loopback()) << text;
}

}  // namespace
}  // namespace mcp
