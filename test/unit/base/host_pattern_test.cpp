#include "base/host_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

TEST(HostPattern, IsAHostOrAllNamesBelowOne) {
    for (const std::string_view text : {"auth.example.com", "localhost", ".example.com", "10.0.0.1", "[2001:db8::1]"})
        EXPECT_TRUE(is_host_pattern(text)) << text;
    for (const std::string_view text : {"", ".", "*", "*.example.com", "a:80", "http://a", "a/b", "a b", "a,b",
                                        "2001:db8::1", "10.0.0.0/8", "10.1", "user@a", "..a", "[::1"})
        EXPECT_FALSE(is_host_pattern(text)) << text;
    EXPECT_FALSE(is_host_pattern(std::string(300, 'a')));
}

TEST(HostPattern, MatchesInAnyCaseAndNoOtherName) {
    EXPECT_TRUE(matches_host("Auth.example.com", "auth.EXAMPLE.com"));
    EXPECT_FALSE(matches_host("auth.example.com", "x.auth.example.com"));
    EXPECT_FALSE(matches_host("auth.example.com", "auth.example.com.evil"));
    EXPECT_TRUE(matches_host(".example.com", "a.b.Example.com"));
    EXPECT_FALSE(matches_host(".example.com", "example.com"));
    EXPECT_FALSE(matches_host(".example.com", "notexample.com"));
}

TEST(HostPattern, ADotAtTheEndMakesNoOtherName) {
    EXPECT_TRUE(matches_host("auth.example.com", "auth.example.com."));
    EXPECT_TRUE(matches_host("auth.example.com.", "auth.example.com"));
    EXPECT_TRUE(matches_host(".example.com", "a.example.com."));
    EXPECT_FALSE(matches_host(".example.com", "example.com."));
}

bool is_private(const std::string& host) {
    const std::string text = "https://" + host + "/x";
    return is_private_by_name(*HttpUrl::parse(text));
}

TEST(HostPattern, AddressesAndNamesThatArePrivateEverywhereAreKnown) {
    for (const char* host : {"localhost",
                             "LOCALHOST",
                             "a.localhost",
                             "localhost.",
                             "A.LocalHost.",
                             "localhost.localdomain",
                             "ip6-localhost",
                             "intranet",
                             "intranet.",
                             "printer.local",
                             "metadata.google.internal.",
                             "router.home.arpa",
                             "127.0.0.1",
                             "10.0.0.1",
                             "169.254.169.254",
                             "192.168.1.1",
                             "[::1]",
                             "[::]",
                             "[fd00::1]",
                             "[fe80::1]",
                             "[::ffff:127.0.0.1]",
                             "[::ffff:10.0.0.1]",
                             "[64:ff9b::7f00:1]",
                             "[2002:7f00:1::]",
                             "[::127.0.0.1]"})
        EXPECT_TRUE(is_private(host)) << host;
    for (const char* host :
         {"auth.example.com", "auth.example.com.", "8.8.8.8", "[2606:4700::1111]", "[::ffff:8.8.8.8]",
          "not.notlocalhost", "localhost.example.com", "internal.example", "local.example."})
        EXPECT_FALSE(is_private(host)) << host;
}

TEST(MayBeRebound, OnlyNamesThatStrangersCanOwn) {
    for (const char* host : {"evil.example", "example.com", "mcp.example.com.", "127.1", "1.2.3.4.evil.example",
                             "localhost.evil.example", "127.0.0.1.nip.io"})
        EXPECT_TRUE(may_be_rebound(host)) << host;
    for (const char* host : {"127.0.0.1", "10.0.0.5", "[::1]", "[::ffff:10.0.0.5]", "localhost", "localhost.",
                             "a.localhost", "LOCALHOST", "nginx", "nginx.", ""})
        EXPECT_FALSE(may_be_rebound(host)) << host;
}

}  // namespace
}  // namespace base
