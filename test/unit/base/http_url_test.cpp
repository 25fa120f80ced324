#include "base/http_url.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace base {
namespace {

TEST(HttpUrl, WhatIsNotAnAbsoluteHttpUrlIsRefused) {
    for (const std::string_view text :
         {"", "https", "https:", "https:/", "https://", "http:///path", "https://?q", "//example.com", "example.com",
          "/path", "HTTPS://example.com", "ftp://example.com", "file:///etc/passwd", "javascript:alert(1)",
          "https:example.com", "https//example.com", " https://example.com", "https://example.com "})
        EXPECT_FALSE(base::HttpUrl::parse(text)) << text;
}

TEST(HttpUrl, AFragmentIsRefused) {
    EXPECT_FALSE(base::HttpUrl::parse("https://example.com/#top"));
    EXPECT_FALSE(base::HttpUrl::parse("https://example.com#"));
}

TEST(HttpUrl, UserInformationIsRefused) {
    EXPECT_FALSE(base::HttpUrl::parse("https://user@example.com/"));
    EXPECT_FALSE(base::HttpUrl::parse("https://user:secret@example.com/"));
    EXPECT_FALSE(base::HttpUrl::parse("https://example.com:443@evil.example/"));
}

TEST(HttpUrl, AHostThatIsNoneIsRefused) {
    for (const std::string_view text : {"https://:443/", "https://exa mple.com/", "https://example.com\\@evil.example/",
                                        "https://a%2eb/", "https://[]/", "https://[::1", "https://[::1]x/",
                                        "https://[::g]/", "https://[fe80::1%25eth0]/", "https://a,b/"})
        EXPECT_FALSE(base::HttpUrl::parse(text)) << text;
}

// libcurl would ask 127.0.0.1, ::1 and another path.
TEST(HttpUrl, WhatALibraryWouldRewriteIsRefused) {
    for (const std::string_view text :
         {"http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://1.2.3.04/", "http://1.2.3.256/",
          "http://a.1/", "http://1.2.3.4./", "http://[::0001]/", "http://[2001:DB8::1]/", "http://[0:0:0:0:0:0:0:1]/",
          "http://a:080/", "http://a/..", "http://a/.", "http://a/b/../c", "http://a/./b", "http://a/%2e%2E/b",
          "http://a/.%2e", "http://a/%2E"})
        EXPECT_FALSE(base::HttpUrl::parse(text)) << text;
    for (const std::string_view text :
         {"http://127.0.0.1/", "http://[::1]/", "http://a/..b/.c/...", "http://a/?../x", "http://a.1b/"})
        EXPECT_TRUE(base::HttpUrl::parse(text)) << text;
}

TEST(HttpUrl, APortThatIsNoneIsRefused) {
    for (const std::string_view text :
         {"https://a:/", "https://a:0/", "https://a:65536/", "https://a:+1/", "https://a:-1/", "https://a:8x/",
          "https://a:1:2/", "https://[::1]:/", "https://[::1]:x"})
        EXPECT_FALSE(base::HttpUrl::parse(text)) << text;
}

TEST(HttpUrl, EveryByteOutsideOfUrisIsRefusedAnywhere) {
    const std::string url = "https://example.com/a?b";
    for (int byte = 0; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        if (byte > 0x20 && byte < 0x7F && !std::string_view("\"<>\\^`{|}#").contains(c)) continue;
        for (std::size_t at = 0; at <= url.size(); ++at) {
            std::string text = url;
            text.insert(at, 1, c);
            EXPECT_FALSE(base::HttpUrl::parse(text)) << byte << " at " << at;
        }
    }
}

TEST(HttpUrl, AUrlIsTakenApart) {
    const auto url = base::HttpUrl::parse("https://auth.example.com:8443/tenant/one?x=/y");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->secure);
    EXPECT_EQ(url->origin, "https://auth.example.com:8443");
    EXPECT_EQ(url->host, "auth.example.com");
    EXPECT_EQ(url->port, 8443);
    EXPECT_EQ(url->path, "/tenant/one");
    EXPECT_EQ(url->query, "?x=/y");
}

TEST(HttpUrl, AUrlMayBeNothingButAnOrigin) {
    const auto url = base::HttpUrl::parse("http://localhost");
    ASSERT_TRUE(url);
    EXPECT_FALSE(url->secure);
    EXPECT_EQ(url->origin, "http://localhost");
    EXPECT_EQ(url->host, "localhost");
    EXPECT_EQ(url->port, 80);
    EXPECT_EQ(url->path, "");
    EXPECT_EQ(url->query, "");
}

TEST(HttpUrl, AQueryMayFollowTheHost) {
    const auto url = base::HttpUrl::parse("https://a.example?q");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "a.example");
    EXPECT_EQ(url->path, "");
    EXPECT_EQ(url->query, "?q");
}

TEST(HttpUrl, AnIpv6AddressKeepsItsBrackets) {
    const auto url = base::HttpUrl::parse("http://[2001:db8::1]:8080/keys");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "[2001:db8::1]");
    EXPECT_EQ(url->origin, "http://[2001:db8::1]:8080");
}

TEST(HttpUrl, WhatIsWrongIsSaid) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"https://a/#b", "has a fragment"},
        {"https://a/ b", "has a character that no URI may have"},
        {"a.example", "is not absolute (https://host/path)"},
        {"ftp://a/", "is neither https nor http"},
        {"https://user@a/", "has user information before the host"},
        {"https://127.1/", "has no valid host"},
        {"https://localhost../", "has no valid host"},
        {"https://a:0/", "has no valid port (1 to 65535)"},
        {"https://a/../b", "has \".\" or \"..\" in its path"},
    };
    for (const auto& [text, why] : cases)
        EXPECT_EQ(HttpUrl::parse(text).error(), why) << text;
}

// RFC 6454 section 5
TEST(HttpUrl, LoopbackIsTheLocalhostNameAndTheLoopbackAddressesOnly) {
    for (const std::string_view text :
         {"http://localhost/", "http://LocalHost:1/", "http://localhost./", "http://a.LOCALHOST.:1/",
          "http://127.0.0.1:8080/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"})
        EXPECT_TRUE(HttpUrl::parse(text)->is_loopback()) << text;
    for (const std::string_view text :
         {"http://localhost.example/", "http://notlocalhost/", "http://localhost.localdomain/",
          "http://127.0.0.1.example/", "http://128.0.0.1/", "http://[::2]/"})
        EXPECT_FALSE(HttpUrl::parse(text)->is_loopback()) << text;
}

TEST(PrintableUrl, LeavesOutUserInformationQueryAndFragment) {
    struct Row {
        std::string_view url;
        std::string_view shown;
    };
    const Row rows[] = {
        {"https://auth.example.com/keys", "https://auth.example.com/keys"},
        {"http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080"},
        {"https://auth.example.com/@scope/keys", "https://auth.example.com/@scope/keys"},
        {"https://auth.example.com/keys?api_key=s3cret", "https://auth.example.com/keys?..."},
        {"https://auth.example.com/keys?mail=a@b.example", "https://auth.example.com/keys?..."},
        {"https://auth.example.com/keys#s3cret", "https://auth.example.com/keys#..."},
        {"https://user:s3cret@auth.example.com/keys", "https://...@auth.example.com/keys"},
        {"https://s3cret@auth.example.com", "https://...@auth.example.com"},
        {"https://user:s3/cr?et#s3@cret@auth.example.com/keys?s3cret", "https://...@auth.example.com/keys?..."},
        {"HTTPS://user:s3cret@auth.example.com", "HTTPS://...@auth.example.com"},
        {"redis://:s3cret@cache:6379/0", "redis://...@cache:6379/0"},
        {"user:s3cret@auth.example.com", "...@auth.example.com"},
        {"https:user:s3cret@auth.example.com", "...@auth.example.com"},
        {"//user:s3cret@auth.example.com", "...@auth.example.com"},
        {"user:s3cret@https://auth.example.com", "...@https://auth.example.com"},
        {"/_keys/@scope?key=s3cret", "/_keys/@scope?..."},
        {"/_introspect", "/_introspect"},
        {"@named", "@named"},
        {"", ""},
    };
    for (const Row& row : rows)
        EXPECT_EQ(base::printable_url(row.url), row.shown) << row.url;
}

bool same_host(std::string_view a, std::string_view b) {
    return base::HttpUrl::parse(a)->same_host_as(*base::HttpUrl::parse(b));
}

TEST(HttpUrl, HostsAreComparedWithoutCasePortAndPath) {
    EXPECT_TRUE(same_host("https://Auth.Example.com", "https://auth.example.COM:8443/keys"));
    EXPECT_FALSE(same_host("https://auth.example.com", "https://auth.example.com.evil.example"));
    EXPECT_FALSE(same_host("https://auth.example.com", "https://example.com"));
}

bool same_origin(std::string_view a, std::string_view b) {
    return base::HttpUrl::parse(a)->same_origin_as(*base::HttpUrl::parse(b));
}

TEST(HttpUrl, AnOriginIsSchemeHostAndPort) {
    EXPECT_FALSE(same_origin("https://auth.example.com", "http://auth.example.com"));
    EXPECT_FALSE(same_origin("https://auth.example.com:443", "http://auth.example.com:443"));
    EXPECT_FALSE(same_origin("https://auth.example.com", "https://auth.example.com:8443"));
    EXPECT_FALSE(same_origin("https://auth.example.com:80", "https://auth.example.com"));
    EXPECT_FALSE(same_origin("https://auth.example.com", "https://auth.example.com.evil.example"));
    EXPECT_FALSE(same_origin("https://[::1]:8443", "https://[::1]"));
    EXPECT_TRUE(same_origin("https://auth.example.com/a?b", "https://AUTH.example.com/c"));
    EXPECT_TRUE(same_origin("https://auth.example.com:443/a", "https://auth.example.com"));
    EXPECT_TRUE(same_origin("http://[::1]:80/a", "http://[::1]"));
}

}  // namespace
}  // namespace base
