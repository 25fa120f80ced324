#include "mcp/resource.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mcp {
namespace {

bool allows(std::string_view configured, std::string_view sent) {
    Resource resource{.uri = *ResourceUri::parse("https://mcp.example.com/mcp")};
    const auto origin = normalized_origin(configured);
    if (origin) resource.allowed_origins.push_back(*origin);
    return origin_allowed(resource, sent);
}

// SPEC 26
TEST(OriginTest, OneOfTheWebIsComparedWithoutRegardToCaseAndDefaultPort) {
    EXPECT_TRUE(allows("https://app.example.com", "HTTPS://APP.EXAMPLE.COM:443"));
    EXPECT_FALSE(allows("https://app.example.com", "http://app.example.com"));
    EXPECT_FALSE(allows("https://app.example.com", "https://app.example.com/"));
}

// SPEC 26
TEST(OriginTest, OneOfAnExtensionOrAnApplicationIsComparedByteByByte) {
    for (const std::string_view origin :
         {"chrome-extension://abcdefghijklmnopabcdefghijklmnop", "moz-extension://0f1e2d3c-aaaa-bbbb-cccc-0123456789ab",
          "vscode-webview://1abc_x~y", "app://obsidian.md", "tauri://localhost", "capacitor://localhost:8080"}) {
        EXPECT_TRUE(allows(origin, origin)) << origin;
        EXPECT_FALSE(allows(origin, std::string(origin) + "x")) << origin;
        EXPECT_FALSE(allows(origin, std::string(origin) + "/")) << origin;
        EXPECT_FALSE(allows(origin, origin.substr(0, origin.size() - 1))) << origin;
        EXPECT_FALSE(allows(origin, "null")) << origin;
    }
    EXPECT_FALSE(allows("vscode-webview://abc", "vscode-webview://ABC"));
    EXPECT_FALSE(allows("vscode-webview://abc", "Vscode-Webview://abc"));
    EXPECT_FALSE(allows("chrome-extension://abc", "moz-extension://abc"));
}

// SPEC 26
TEST(OriginTest, NullIsAllowedWhereItIsWrittenOutAndNowhereElse) {
    EXPECT_TRUE(allows("null", "null"));
    EXPECT_FALSE(allows("null", "NULL"));
    EXPECT_FALSE(allows("null", ""));
    EXPECT_FALSE(allows("https://app.example.com", "null"));
}

TEST(OriginTest, WhatIsNoOriginIsNone) {
    for (const std::string_view text : {"",
                                        "*",
                                        "Null",
                                        "chrome-extension://",
                                        "chrome-extension://*",
                                        "chrome-extension:abc",
                                        "chrome-extension:/abc",
                                        "://abc",
                                        "1a://abc",
                                        "a b://abc",
                                        "chrome-extension://a b",
                                        "chrome-extension://a/b",
                                        "chrome-extension://a?b",
                                        "chrome-extension://a#b",
                                        "chrome-extension://a@b",
                                        "chrome-extension://:1",
                                        "Chrome-extension://a",
                                        "moz-extension://\xC3\xA9",
                                        "file://host",
                                        "ftp://host",
                                        "ws://host",
                                        "https://",
                                        "https://a/b",
                                        "null, null",
                                        "moz-extension://a, moz-extension://a"})
        EXPECT_EQ(normalized_origin(text), std::nullopt) << text;
}

}  // namespace
}  // namespace mcp
