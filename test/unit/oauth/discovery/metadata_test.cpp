#include "oauth/discovery/metadata.h"

#include <gtest/gtest.h>

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
    EXPECT_EQ(error_of(with(",\"x\":\"\xFF\"")), Error::document_not_json);
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
    EXPECT_EQ(error_of(with(R"(,"x":{"y":1,"y":2})")), Error::document_duplicate_member);
}

TEST(ServerMetadata, TheIssuerIsRequired) {
    EXPECT_EQ(error_of("{}"), Error::metadata_issuer_missing);
    EXPECT_EQ(error_of(R"({"jwks_uri":"https://auth.example.com/keys"})"), Error::metadata_issuer_missing);
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
    EXPECT_EQ(error_of(R"({"issuer":null})"), Error::metadata_issuer_mismatch);
    EXPECT_EQ(error_of(R"({"issuer":1})"), Error::metadata_issuer_mismatch);
}

class ServerMetadataUrl : public testing::TestWithParam<std::string> {
protected:
    static std::string document(std::string_view value) {
        return with(",\"" + GetParam() + "\":" + std::string(value));
    }
};

TEST_P(ServerMetadataUrl, AnotherTypeIsRefused) {
    for (const std::string_view value : {"null", "true", "1", "[]", "{}", R"(["https://auth.example.com/"])"})
        EXPECT_EQ(error_of(document(value)), Error::metadata_url_invalid) << value;
}

TEST_P(ServerMetadataUrl, WhatIsNotAnAbsoluteHttpUrlIsRefused) {
    for (const std::string_view value :
         {R"("")", R"("/keys")", R"("file:///etc/passwd")", R"("ftp://a/")", R"("https://")", R"("https://a/\n")",
          R"("https://user@a/")", R"("https://a/#b")", R"("data:,x")"})
        EXPECT_EQ(error_of(document(value)), Error::metadata_url_invalid) << value;
}

// SPEC 21, 53
TEST_P(ServerMetadataUrl, PlainHttpUnderAnHttpsIssuerIsRefused) {
    EXPECT_EQ(error_of(document(R"("http://auth.example.com/x")")), Error::metadata_url_insecure);
}

INSTANTIATE_TEST_SUITE_P(, ServerMetadataUrl, testing::Values("jwks_uri", "introspection_endpoint", "token_endpoint"),
                         [](const auto& test) { return test.param; });

TEST(ServerMetadata, UrlsAreRead) {
    const auto metadata = ServerMetadata::parse(
        with(R"(,"jwks_uri":"https://keys.example.com/","introspection_endpoint":"https://auth.example.com/i?a=b",)"
             R"("token_endpoint":"https://auth.example.com/token","scopes_supported":["a"],"x":{"issuer":1})"),
        issuer);
    ASSERT_TRUE(metadata);
    EXPECT_EQ(metadata->jwks_uri, "https://keys.example.com/");
    EXPECT_EQ(metadata->introspection_endpoint, "https://auth.example.com/i?a=b");
    EXPECT_EQ(metadata->token_endpoint, "https://auth.example.com/token");
}

TEST(ServerMetadata, PlainHttpUnderAnHttpIssuerIsTaken) {
    const std::string document = R"({"issuer":"http://as","jwks_uri":"http://as/keys"})";
    EXPECT_EQ(ServerMetadata::parse(document, "http://as")->jwks_uri, "http://as/keys");
}

TEST(ServerMetadata, UrlsAreOptional) {
    const auto metadata = ServerMetadata::parse(with(""), issuer);
    ASSERT_TRUE(metadata);
    EXPECT_FALSE(metadata->jwks_uri);
    EXPECT_FALSE(metadata->introspection_endpoint);
    EXPECT_FALSE(metadata->token_endpoint);
}

TEST(ServerMetadata, EveryCutOfADocumentIsRefused) {
    const std::string document = with(R"(,"jwks_uri":"https://auth.example.com/keys")");
    for (std::size_t size = 0; size < document.size(); ++size)
        EXPECT_EQ(error_of(std::string_view(document).substr(0, size)), Error::document_not_json) << size;
}

}  // namespace
}  // namespace oauth::discovery
