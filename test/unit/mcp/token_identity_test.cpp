#include "mcp/token_identity.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "oauth/introspection/response.h"
#include "support/authorize_fixture.h"

namespace mcp {
namespace {

std::shared_ptr<const oauth::VerifiedToken> introspected(const std::string& members) {
    oauth::ClaimsRules rules;
    rules.allow_missing_expiration = true;
    const auto response = oauth::introspection::Response::parse(R"({"active":true)" + members + "}");
    EXPECT_TRUE(response);
    auto token = response->check(rules, 1);
    EXPECT_TRUE(token);
    return *token;
}

std::string shown(const std::optional<Subject>& subject) {
    if (!subject) return "none";
    return (subject->claim == SubjectClaim::sub ? "sub " : "username ") + subject->text;
}

TEST(TokenIdentityTest, TheSubjectIsSub) {
    EXPECT_EQ(shown(subject_of(token_with(R"({"sub":"a","username":"b"})"))), "sub a");
    EXPECT_EQ(shown(subject_of(*introspected(R"(,"sub":"a","username":"b")"))), "sub a");
    EXPECT_EQ(shown(subject_of(token_with(R"({"sub":7})"))), "sub 7");
}

TEST(TokenIdentityTest, OfAnIntrospectionResponseWithoutSubItIsTheUsername) {
    EXPECT_EQ(shown(subject_of(*introspected(R"(,"username":"b")"))), "username b");
    EXPECT_EQ(shown(subject_of(*introspected(R"(,"sub":null,"username":"b")"))), "username b");
}

TEST(TokenIdentityTest, OfAJwtItNeverIs) {
    EXPECT_EQ(shown(subject_of(token_with(R"({"username":"b"})"))), "none");
}

TEST(TokenIdentityTest, WhatIsNoNameIsNobody) {
    for (const char* claims :
         {R"({})", R"({"sub":""})", R"({"sub":null})", R"({"sub":["a"]})", R"({"sub":{"a":1}})", R"({"sub":true})"})
        EXPECT_EQ(shown(subject_of(token_with(claims))), "none") << claims;
}

TEST(TokenIdentityTest, ANulByteIsAPartOfTheName) {
    const auto subject = subject_of(token_with(R"({"sub":"a\u0000b"})"));
    ASSERT_TRUE(subject);
    EXPECT_EQ(subject->text, std::string("a\0b", 3));
}

TEST(TokenIdentityTest, IssuerAndClient) {
    const auto token = token_with(R"({"iss":"https://as.example.com","azp":"c"})");
    EXPECT_EQ(issuer_of(token), "https://as.example.com");
    EXPECT_EQ(client_of(token), "c");
    EXPECT_EQ(issuer_of(token_with("{}")), std::nullopt);
    EXPECT_EQ(client_of(token_with("{}")), std::nullopt);
    EXPECT_EQ(issuer_of(token_with(R"({"iss":""})")), std::nullopt);
    EXPECT_EQ(client_of(token_with(R"({"client_id":""})")), std::nullopt);
}

}  // namespace
}  // namespace mcp
