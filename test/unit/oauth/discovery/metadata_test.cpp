#include "oauth/discovery/metadata.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace oauth::discovery {
namespace {

constexpr std::string_view issuer = "https://auth.example.com/tenant1";

// A document of this issuer with more members.
std::string with(std::string_view members) {
    return R"({"issuer":"https://auth.example.com/tenant1")" + std::string(members) + "}";
}

Error error_of(std::string_view document, std::string_view asked = issuer) {
    const auto metadata = ServerMetadata::parse(document, asked);
    return metadata ? Error::internal : metadata.error();
}

TEST(ServerMetadata, WhatIsNotJsonIsRefused) {
    EXPECT_EQ(error_of(""), Error::document_not_json);
    EXPECT_EQ(error_of("<!doctype html><title>Sign in</title>"), Error::document_not_json);
    EXPECT_EQ(error_of(with("") + "x"), Error::document_not_json);
    EXPECT_EQ(error_of(with(",\"x\":\"\xFF\"")), Error::document_not_utf8);
}

TEST(ServerMetadata, WhatIsNotAnObjectIsRefused) {
    EXPECT_EQ(error_of("[]"), Error::metadata_not_object);
    EXPECT_EQ(error_of("\"https://auth.example.com/tenant1\""), Error::metadata_not_object);
}

TEST(ServerMetadata, ADocumentOfTenMegabytesIsRefused) {
    EXPECT_EQ(error_of(with(",\"x\":\"" + std::string(10'000'000, 'x') + "\"")), Error::document_too_large);
}

TEST(ServerMetadata, TheSizeLimitIsExact) {
    std::string document = with("");
    document.resize(ServerMetadata::max_document_bytes, ' ');
    EXPECT_TRUE(ServerMetadata::parse(document, issuer));
    EXPECT_EQ(error_of(document + " "), Error::document_too_large);
}

TEST(ServerMetadata, AMemberThatStandsTwiceIsRefused) {
    EXPECT_EQ(error_of(with(R"(,"issuer":"https://auth.example.com/tenant1")")), Error::document_duplicate_member);
    EXPECT_EQ(error_of(with(R"(,"jwks_uri":"https://a/1","jwks_uri":"https://a/2")")),
              Error::document_duplicate_member);
    EXPECT_EQ(error_of(with(R"(,"jwks_\u0075ri":"https://a/1","jwks_uri":"https://a/2")")),
              Error::document_duplicate_member);
    EXPECT_EQ(error_of(with(R"(,"x":1e999,"\u0069ssuer":"https://auth.example.com/tenant1")")),
              Error::document_duplicate_member);
    EXPECT_EQ(error_of(with(R"(,"x":1,"x":2)")), Error::document_duplicate_member);
}

// Behind something that the strict parser does not read, too.
TEST(ServerMetadata, WhatIsNeededIsReadAsStrictlyAsEver) {
    for (const std::string_view value : {R"("https://a/\ud800")", "1e999", R"({"y":1,"y":2})"}) {
        const std::string document = with(",\"x\":1e999,\"jwks_uri\":" + std::string(value));
        EXPECT_FALSE(ServerMetadata::parse(document, issuer)) << document;
    }
    EXPECT_FALSE(ServerMetadata::parse(R"({"issuer":"https://auth.example.com/tenant1\ud800"})", issuer));
    EXPECT_EQ(error_of(with(R"(,"x":1e999,"y":{)")), Error::document_not_json);
    EXPECT_EQ(error_of(with(R"(,"x":1e999,"y":tru)")), Error::document_not_json);
    EXPECT_EQ(error_of(with(",\"x\":1e999,\"y\":\"\xFF\"")), Error::document_not_utf8);
    EXPECT_EQ(error_of(with(R"(,"x":1e999)") + "}"), Error::document_not_json);
}

TEST(ServerMetadata, TheIssuerIsRequired) {
    EXPECT_EQ(error_of("{}"), Error::metadata_issuer_missing);
    EXPECT_EQ(error_of(R"({"jwks_uri":"https://auth.example.com/keys"})"), Error::metadata_issuer_missing);
    EXPECT_EQ(error_of(R"({"issuer":null})"), Error::metadata_issuer_missing);
}

// RFC 8414 section 3.3: "identical"; SPEC 25, 80.
TEST(ServerMetadata, TheIssuerIsComparedExactly) {
    for (const std::string_view asked : {"https://auth.example.com", "https://auth.example.com/",
                                         "https://auth.example.com/tenant1/", "https://auth.example.com/Tenant1",
                                         "https://AUTH.example.com/tenant1", "https://auth.example.com:443/tenant1",
                                         "http://auth.example.com/tenant1", "https://auth.example.com/tenant2", ""})
        EXPECT_EQ(error_of(with(""), asked), Error::metadata_issuer_mismatch) << asked;
}

TEST(ServerMetadata, AnIssuerOfAnotherTypeIsAnotherIssuer) {
    EXPECT_EQ(error_of(R"({"issuer":["https://auth.example.com/tenant1"]})"), Error::metadata_issuer_mismatch);
    EXPECT_EQ(error_of(R"({"issuer":1})"), Error::metadata_issuer_mismatch);
}

TEST(ServerMetadata, TheLogSaysWhichIssuerItIsAndWhichItShouldBe) {
    EXPECT_EQ(explain(Error::metadata_issuer_mismatch, with(""), "https://auth.example.com/other"),
              R"(issuer is "https://auth.example.com/tenant1", expected is "https://auth.example.com/other")");
    EXPECT_EQ(explain(Error::metadata_issuer_mismatch, R"({"issuer":1})", issuer),
              R"(issuer is no text, expected is "https://auth.example.com/tenant1")");
    EXPECT_EQ(explain(Error::metadata_issuer_missing, "{}", issuer),
              R"(expected is "https://auth.example.com/tenant1")");
    EXPECT_EQ(explain(Error::metadata_url_insecure, with(R"(,"jwks_uri":"http://as/keys")"), issuer),
              R"(jwks_uri is "http://as/keys")");
    EXPECT_EQ(explain(Error::document_not_json, "{", issuer), "");
}

TEST(ServerMetadata, WhatTheLogSaysOfItIsEscapedAndCut) {
    const std::string hostile = R"({"issuer":"a
2026/01/01 [emerg] x[31m)" + std::string(10'000, 'x') +
                                "\u00e4\"}";
    const std::string text = explain(Error::metadata_issuer_mismatch, hostile, issuer);
    EXPECT_LT(text.size(), 300U);
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) << text;
}

std::string with_jwks_uri(std::string_view value) {
    return with(",\"jwks_uri\":" + std::string(value));
}

TEST(ServerMetadata, AKeySetUrlOfAnotherTypeIsRefused) {
    for (const std::string_view value : {"true", "1", "[]", "{}", R"(["https://auth.example.com/"])"})
        EXPECT_EQ(error_of(with_jwks_uri(value)), Error::metadata_url_invalid) << value;
}

TEST(ServerMetadata, AKeySetUrlThatIsNotAnAbsoluteHttpUrlIsRefused) {
    for (const std::string_view value :
         {R"("/keys")", R"("file:///etc/passwd")", R"("ftp://a/")", R"("https://")", R"("https://a/\n")",
          R"("https://user@a/")", R"("https://a/#b")", R"("data:,x")"})
        EXPECT_EQ(error_of(with_jwks_uri(value)), Error::metadata_url_invalid) << value;
}

// SPEC 21, 53
TEST(ServerMetadata, AKeySetUrlWithPlainHttpUnderAnHttpsIssuerIsRefused) {
    EXPECT_EQ(error_of(with_jwks_uri(R"("http://auth.example.com/x")")), Error::metadata_url_insecure);
}

TEST(ServerMetadata, TheKeySetUrlIsRead) {
    const auto metadata = ServerMetadata::parse(
        with(R"(,"jwks_uri":"https://keys.example.com/a?b=c","scopes_supported":["a"],"x":{"issuer":1})"), issuer);
    ASSERT_TRUE(metadata);
    EXPECT_EQ(metadata->jwks_uri, "https://keys.example.com/a?b=c");
}

TEST(ServerMetadata, AMemberThatNobodyNeedsMayHoldAnything) {
    for (const std::string_view name : {"introspection_endpoint", "token_endpoint", "authorization_endpoint",
                                        "scopes_supported", "https://extension.example/x"})
        for (const std::string_view value :
             {"null", "1", "1e999", "123456789012345678901234567890", R"("")", R"("/relative")", R"("\ud800")",
              "[null]", R"("http://auth.example.com/x")", R"({"x":[18446744073709551616]})", R"({"y":1,"y":2})",
              R"([{"issuer":1,"issuer":2}])"}) {
            const std::string document =
                with(R"(,"jwks_uri":"https://keys.example.com/",")" + std::string(name) + "\":" + std::string(value));
            const auto metadata = ServerMetadata::parse(document, issuer);
            ASSERT_TRUE(metadata) << document;
            EXPECT_EQ(metadata->jwks_uri, "https://keys.example.com/");
        }
}

TEST(ServerMetadata, PlainHttpUnderAnHttpIssuerIsTaken) {
    const std::string document = R"({"issuer":"http://as","jwks_uri":"http://as/keys"})";
    EXPECT_EQ(ServerMetadata::parse(document, "http://as")->jwks_uri, "http://as/keys");
}

TEST(ServerMetadata, TheKeySetUrlIsOptional) {
    for (const std::string_view members : {"", R"(,"jwks_uri":null)", R"(,"jwks_uri":"")"}) {
        const auto metadata = ServerMetadata::parse(with(members), issuer);
        ASSERT_TRUE(metadata) << members;
        EXPECT_FALSE(metadata->jwks_uri) << members;
    }
}

TEST(ServerMetadata, EveryCutOfADocumentIsRefused) {
    const std::string document = with(R"(,"jwks_uri":"https://auth.example.com/keys")");
    for (std::size_t size = 0; size < document.size(); ++size)
        EXPECT_EQ(error_of(std::string_view(document).substr(0, size)), Error::document_not_json) << size;
}

TEST(ServerMetadata, WhoNeedsOtherMembersReadsThemInAnOddDocument) {
    static constexpr std::array<std::string_view, 1> needed = {"token_endpoint"};
    const auto odd = read_metadata(R"({"token_endpoint":"t","other":{"a":1,"a":2},"issuer":"i"})", needed);
    ASSERT_TRUE(odd);
    EXPECT_EQ(odd->root().member("token_endpoint")->string(), "t");
    EXPECT_FALSE(odd->root().member("issuer"));
    EXPECT_EQ(read_metadata(R"({"token_endpoint":{"a":1,"a":2}})", needed).error(), Error::document_duplicate_member);
    EXPECT_EQ(read_metadata(R"({"token_endpoint":"t","token_endpoint":"u"})", needed).error(),
              Error::document_duplicate_member);
}

}  // namespace
}  // namespace oauth::discovery
