#include "cli/settings/syntax.h"

#include <gmock/gmock.h>

#include <string>

namespace cli {
namespace {

TEST(SyntaxTest, TimesAreNginxs) {
    for (const std::string good : {"0", "30", "30s", "1m30s", "1w", "1y1M1w1d1h1m1s", "1h30"})
        EXPECT_TRUE(is_time(good)) << good;
    for (const std::string good : {"500ms", "1s500ms"}) {
        EXPECT_FALSE(is_time(good)) << good;
        EXPECT_TRUE(is_fine_time(good)) << good;
    }
    for (const std::string wrong :
         {"", "s", "1 s", "1s1m", "1s1s", "1x", "-1", "1.5s", "30s;", "12345678", "5 30s", "$x", "5ms1s"})
        EXPECT_FALSE(is_fine_time(wrong)) << wrong;
    EXPECT_EQ(whole_seconds("1m500ms"), "1m");
    EXPECT_EQ(whole_seconds("500ms"), "0s");
    EXPECT_EQ(whole_seconds("30s"), "30s");
}

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

TEST(SyntaxTest, AScopeForEveryRequestIsNothingElse) {
    EXPECT_EQ(why_not_required("mcp:read"), "");
    EXPECT_EQ(why_not_required("https://graph.example/.default"), "");
    for (const std::string wrong : {"", "a,b", "tool=x", "a\"b", "a b", "a\\b"})
        EXPECT_NE(why_not_required(wrong), "") << wrong;
}

TEST(SyntaxTest, WhereNginxTellsWhetherItIsWellNothingElseIs) {
    EXPECT_TRUE(is_path_of_probe("/healthz"));
    EXPECT_TRUE(is_path_of_probe("/readyz"));
    EXPECT_FALSE(is_path_of_probe("/healthz/x"));
}

}  // namespace
}  // namespace cli
