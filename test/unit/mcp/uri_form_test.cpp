#include "mcp/uri_form.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mcp {
namespace {

template <class... Texts>
void expect_problem(std::string_view why, Texts... texts) {
    for (const std::string_view text : {std::string_view(texts)...}) {
        EXPECT_EQ(uri_problem(text), why) << text;
        EXPECT_FALSE(is_normal_uri(text)) << text;
    }
}

TEST(UriFormTest, ASchemeIsThereInLowerCaseAndLongerThanADriveLetter) {
    expect_problem("does not begin with a scheme of two letters or more and a colon", "", "a", "/etc/passwd", "c:/x",
                   "c:x", "1a:x", "+a:x", "a_b:x", "a b:x", ":x", " file:///x", "\xC3\xA9:x", "delete_all");
    expect_problem("has capital letters in its scheme", "File:///x", "HTTP://h/", "fOO:x", "C:/x");
}

TEST(UriFormTest, AFragmentIsNoPartOfAResource) {
    expect_problem("has a fragment", "foo:x#y", "https://h/#", "file:///a#b");
}

TEST(UriFormTest, OnlyCharactersOfRfc3986StandInIt) {
    expect_problem("has a character that a URI may not have there", "foo:a b", "foo:a\\b", "foo:a|b", "foo:a^b",
                   "foo:a`b", "foo:a{b}", "foo:a\"b", "foo:<a>", "foo:[a]", "https://h/a[b]", "foo:\xC3\xA9",
                   "foo:a\tb", "foo:a\n", "https://h/?a[b]", "https://h/?a b", "foo:a\x7F");
}

TEST(UriFormTest, PercentEncodingIsInCapitalsAndOnlyWhereItIsNeeded) {
    expect_problem("has a \"%\" without two hex digits in capitals after it", "foo:%", "foo:%2", "foo:a%c3%a9",
                   "foo:%2f", "foo:%zz", "https://h/?%3c");
    expect_problem("encodes a character that needs no encoding", "foo:%41", "foo:%7E", "foo:%2E%2E", "foo:%3A",
                   "foo:%40", "foo:%27", "foo:%2B", "foo:a%2Fb", "https://h/?%2F", "https://h/?%3F");
    expect_problem("has an encoded slash or backslash", "foo:a%5Cb");
    expect_problem("has an encoded control character", "foo:%00", "foo:%1F", "foo:%0A", "foo:%7F", "foo:%C2%80",
                   "foo:%C2%9F");
    expect_problem("has percent-encoded bytes that are not UTF-8", "foo:%FF", "foo:%C3", "foo:%C3z", "foo:%C3%20",
                   "foo:%C0%AF", "foo:%ED%A0%80", "foo:%F4%90%80%80", "foo:%80", "foo:%E2%82", "https://h/?%C3");
    expect_problem("is encoded twice", "foo:%252e%252e", "foo:%2541", "foo:%25C3");
}

TEST(UriFormTest, DotSegmentsAreRefusedInEveryDisguise) {
    expect_problem("has \".\" or \"..\" in its path", "foo:..", "foo:.", "foo:a/..", "foo:/../a", "file:///a/../b",
                   "file:///a/./b", "file:///a/..", "https://h/.", "https://h/a/..;x/b", "https://h/a/..%20/b",
                   "https://h/a/.../b", "foo://h/..");
}

TEST(UriFormTest, EmptySegmentsAreRefused) {
    expect_problem("has \"//\" in its path", "file:////etc/passwd", "file:///a//b", "foo:////a", "https://h//a",
                   "foo:a//b");
}

TEST(UriFormTest, SpecialSchemesHaveAnAuthorityAndAPath) {
    expect_problem("lacks \"//\" after its scheme", "http:h/", "https:/h/", "file:/etc/passwd", "file:x", "ws:h");
    expect_problem("has no host", "http:///x", "https://", "ws://:1/", "foo://:1/x");
    expect_problem("lacks the \"/\" that begins its path", "https://h", "https://h?x", "file://");
    expect_problem("has user information before the host", "https://u@h/", "https://@h/", "foo://u:p@h/",
                   "file://u@h/x");
}

TEST(UriFormTest, AHostHasOneSpelling) {
    const std::string_view foreign =
        "has a host with other characters than lower-case letters, digits, \"-\", \".\", \"_\" and \"~\"";
    expect_problem(foreign, "https://H/", "https://h%41/", "https://[::1]/", "https://a!b/");
    expect_problem("has an empty label in its host", "https://h./", "https://.h/", "https://a..b/", "foo://../x",
                   "foo://./x");
    expect_problem("has an internationalized host", "https://xn--a/", "https://a.xn--bcher-kva/");
    expect_problem("has a host that is an unusual spelling of an IPv4 address", "http://127.1/", "http://0x7f.0.0.1/",
                   "http://2130706433/", "http://1.2.3.256/", "http://01.2.3.4/", "http://1.2.3.4.5/", "http://a.1/",
                   "http://a.0x/", "http://0/");
    expect_problem("has an authority with capital letters or with characters that no host has", "foo://H/x",
                   "foo://[::1]/x", "foo://a%20b/x");
    expect_problem("names the host of a file", "file://localhost/etc", "file://h/etc", "file://127.0.0.1/etc",
                   "file://server/share/a.txt", "file://h/C:/x", "file://h/c:", "file://H/x", "file://c:/x",
                   "file://1/x");
}

TEST(UriFormTest, APortIsThereForAReason) {
    expect_problem("has no port from 1 to 65535 after the colon", "https://h:/", "https://h:0/", "https://h:08443/",
                   "https://h:65536/", "https://h:x/", "https://h:-1/", "foo://h:/x", "foo://h:080/x", "foo://h:1:2/x");
    expect_problem("names the port that its scheme has anyway", "https://h:443/", "http://h:80/", "ws://h:80/",
                   "wss://h:443/", "ftp://h:21/");
}

TEST(UriFormTest, AFileIsNamedByItsPathAlone) {
    expect_problem("has a query, which no file has", "file:///a?b", "file:///a?");
    expect_problem("has a drive letter with an encoded \"|\"", "file:///C%7C/x", "file:///c%7C");
}

TEST(UriFormTest, AQueryIsNotEmptyAndHasNoApostropheInASpecialScheme) {
    expect_problem("has an empty query", "https://h/?", "foo:a?");
    expect_problem("has an apostrophe in its query", "https://h/?a'b");
}

TEST(UriFormTest, SomethingFollowsTheScheme) {
    expect_problem("has nothing after its scheme", "foo:", "foo://", "foo:?a");
}

// All of them were checked to come back unchanged from the URL parsers of Node.js, Go, Java and Rust.
TEST(UriFormTest, WhatEveryParserLeavesAsItIsIsNormal) {
    for (const std::string_view uri : {"file:///etc/passwd",
                                       "file:///",
                                       "file:///a/",
                                       "file:///C:/x",
                                       "file:///a%20b/%C3%A9",
                                       "file:///a.b/..c/.d",
                                       "https://h/",
                                       "https://example.com:8443/a/b?c=d&e",
                                       "http://127.0.0.1/",
                                       "http://1.2.3.4:81/",
                                       "https://a_b.c/",
                                       "https://h/a;b=c,d",
                                       "https://h/'?a",
                                       "https://h/?a/b?c",
                                       "ws://h:443/",
                                       "ftp://h:80/x",
                                       "foo:a",
                                       "foo:/a",
                                       "foo:///a",
                                       "foo://h",
                                       "foo://h:80/a",
                                       "foo://h?a'b",
                                       "foo:a:b@c",
                                       "urn:isbn:0451450523",
                                       "note://a_b/c",
                                       "git+ssh://h/x",
                                       "foo:100%25",
                                       "foo:%25zz",
                                       "foo:a%3Fb%23c",
                                       "foo:%F0%9F%98%80",
                                       "mailto:a@b.c",
                                       "db://localhost/t",
                                       "foo://127.1/x",
                                       "https://0xg.a/",
                                       "https://1.2.3.4a/"})
        EXPECT_EQ(uri_problem(uri), "") << uri;
}

TEST(UriPatternTest, APatternThatCanMatchNoNormalUriIsExplained) {
    EXPECT_EQ(uri_pattern_problem("HTTPS://h/*"), "has capital letters in its scheme");
    EXPECT_EQ(uri_pattern_problem("file://localhost/*"), "names the host of a file");
    EXPECT_EQ(uri_pattern_problem("file:///a/../b*"), "has \".\" or \"..\" in its path");
    EXPECT_EQ(uri_pattern_problem("https://h:443/*"), "names the port that its scheme has anyway");
    EXPECT_EQ(uri_pattern_problem("file:/etc/*"), "lacks \"//\" after its scheme");
    EXPECT_EQ(uri_pattern_problem("file:///a b*"), "has a character that a URI may not have there");
    EXPECT_EQ(uri_pattern_problem("file:///%c3*"), "has a \"%\" without two hex digits in capitals after it");
    EXPECT_EQ(uri_pattern_problem("https://user@*"), "has user information before the host");
    EXPECT_EQ(uri_pattern_problem("https://h"), "lacks the \"/\" that begins its path");
    for (const std::string_view pattern : {"delete_*", "/etc/*", "foo:a#*", "echo", "", "FILE*"})
        EXPECT_TRUE(uri_pattern_problem(pattern)) << pattern;
}

TEST(UriPatternTest, APatternMayBreakOffAnywhereInANormalUri) {
    for (const std::string_view uri : {"https://example.com:8443/a.b/%C3%A9%20x?c=d", "file:///C:/a/..b", "foo:a",
                                       "http://1.2.3.4/", "foo:%E2%82%ACa", "foo:%F0%9F%98%80", "http://h/?q"}) {
        for (std::size_t size = 0; size < uri.size(); size++) {
            const std::string pattern = std::string(uri.substr(0, size)) + "*";
            EXPECT_EQ(uri_pattern_problem(pattern), std::nullopt) << pattern;
        }
    }
    for (const std::string_view pattern :
         {"*", "?", "*secret*", "file:///*", "fil?:///x", "https://h/", "https://h/a?b=*"})
        EXPECT_EQ(uri_pattern_problem(pattern), std::nullopt) << pattern;
}

}  // namespace
}  // namespace mcp
