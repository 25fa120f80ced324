#include "oauth/shown_claims.h"

#include <gtest/gtest.h>

namespace oauth {
namespace {

std::optional<std::string> client(std::string_view claims) {
    const auto document = json::Document::parse(claims);
    const auto claim = client_claim(document->root());
    return claim ? std::optional(std::string(claim->string().value_or("(none)"))) : std::nullopt;
}

std::optional<std::string> scopes(std::string_view claims) {
    return granted_scopes(json::Document::parse(claims)->root());
}

TEST(ClientClaimTest, IsClientIdOrWhatServersHaveInstead) {
    EXPECT_EQ(client(R"({"appid":"d","cid":"c","azp":"b","client_id":"a"})"), "a");
    EXPECT_EQ(client(R"({"appid":"d","cid":"c","azp":"b"})"), "b");
    EXPECT_EQ(client(R"({"appid":"d","cid":"c"})"), "c");
    EXPECT_EQ(client(R"({"appid":"d"})"), "d");
    EXPECT_EQ(client(R"({"client_id":null,"azp":"b"})"), "b");
    EXPECT_EQ(client(R"({"aud":"x","sub":"y"})"), std::nullopt);
}

TEST(GrantedScopesTest, HaveSpacesBetweenHoweverTheyAreWritten) {
    EXPECT_EQ(scopes(R"({"scope":"a b"})"), "a b");
    EXPECT_EQ(scopes(R"({"scope":["a","b"]})"), "a b");
    EXPECT_EQ(scopes(R"({"scp":["a","b"]})"), "a b");
    EXPECT_EQ(scopes(R"({"scope":null,"scp":"a b"})"), "a b");
    EXPECT_EQ(scopes(R"({"scope":"","scp":"a b"})"), "");
    EXPECT_EQ(scopes(R"({"scope":[]})"), "");
}

TEST(GrantedScopesTest, AnElementIsNeverMoreThanOneScope) {
    EXPECT_EQ(scopes(R"({"scope":["a b","c",""," ","d\ne"]})"), "c");
}

TEST(GrantedScopesTest, WhatGrantsNothingIsNothing) {
    for (const char* claims : {"{}", R"({"scope":1})", R"({"scope":["a",1]})", R"({"scope":{"a":1}})"})
        EXPECT_EQ(scopes(claims), std::nullopt) << claims;
}

}  // namespace
}  // namespace oauth
