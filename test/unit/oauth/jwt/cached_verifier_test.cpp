#include "oauth/jwt/cached_verifier.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

using support::TokenMinter;

constexpr NumericDate now = 1'700'000'000;

JwkSet set_of(const std::vector<std::string>& jwks) {
    std::string document = R"({"keys":[)";
    for (const std::string& jwk : jwks)
        document += (document.ends_with('[') ? "" : ",") + jwk;
    auto set = JwkSet::parse_jwks(document + "]}");
    EXPECT_TRUE(set);
    return std::move(*set);
}

struct CachedVerifierTest : testing::Test {
    Error error_of(const std::string& token, const JwkSet& set, NumericDate at = now) {
        const std::array keys{&set};
        const auto result = verify_cached(cache, token, keys, rules, at);
        EXPECT_FALSE(result);
        return result ? Error::internal : result.error();
    }
    std::shared_ptr<const VerifiedToken> good(const std::string& token, const JwkSet& set, NumericDate at = now) {
        const std::array keys{&set};
        const auto result = verify_cached(cache, token, keys, rules, at);
        EXPECT_TRUE(result) << (result ? "" : describe(result.error()).name);
        return result.value_or(nullptr);
    }

    TokenMinter minter{Algorithm::ES256, "first"};
    TokenMinter other{Algorithm::ES256, "second"};
    std::string claims = R"({"iss":"https://as.example","aud":"https://rs.example","exp":1700000060})";
    std::string token = minter.mint(claims);
    JwkSet set = set_of({minter.jwk()});
    VerificationRules rules;
    TokenCache cache;
};

TEST_F(CachedVerifierTest, ARepeatedTokenIsVerifiedOnce) {
    const auto first = good(token, set);
    EXPECT_EQ(good(token, set), first);  // the very same object: no second verification
    EXPECT_EQ(cache.size(), 1U);
}

TEST_F(CachedVerifierTest, OneThatIsKeptIsFoundAndNoOther) {
    const auto find = [this](std::string_view text, const JwkSet& keys, NumericDate at = now) {
        const std::array sets{&keys};
        return find_verified(cache, text, sets, rules, at);
    };
    EXPECT_EQ(find(token, set), nullptr);  // good, but nobody has looked at it yet
    const auto kept = good(token, set);
    EXPECT_EQ(find(token, set), kept);
    EXPECT_EQ(find(token, set_of({minter.jwk(), other.jwk()})), nullptr);
    EXPECT_EQ(find(token, set, now + 1000), nullptr);  // expired
    EXPECT_EQ(find(minter.mint(claims), set), nullptr);
    EXPECT_EQ(find("no token", set), nullptr);
    rules.max_token_bytes = token.size() - 1;
    EXPECT_EQ(find(token, set), nullptr);
}

TEST_F(CachedVerifierTest, ATokenThatFailedIsNotKept) {
    EXPECT_EQ(error_of(other.mint(claims), set), Error::key_not_found);
    const std::string_view other_end = token.ends_with("AA") ? "BA" : "AA";
    EXPECT_EQ(error_of(token.substr(0, token.size() - 2).append(other_end), set), Error::signature_invalid);
    EXPECT_EQ(cache.size(), 0U);
}

// SPEC 86
TEST_F(CachedVerifierTest, AKeptTokenExpiresAtItsSecond) {
    good(token, set);
    good(token, set, now + 59);
    EXPECT_EQ(error_of(token, set, now + 60), Error::expired);
    good(token, set, now);  // a clock that is set back is no reason to refuse
}

TEST_F(CachedVerifierTest, AKeptTokenMeetsRulesThatChanged) {
    good(token, set);
    rules.claims.accepted_issuers = {"https://other.example"};
    EXPECT_EQ(error_of(token, set), Error::issuer_not_accepted);
    rules.claims.accepted_issuers.clear();
    rules.claims.accepted_audiences = {"https://other.example"};
    EXPECT_EQ(error_of(token, set), Error::audience_not_accepted);
    rules.claims.accepted_audiences.clear();
    rules.allowed_algorithms = {Algorithm::RS256};
    EXPECT_EQ(error_of(token, set), Error::algorithm_not_allowed);
}

TEST_F(CachedVerifierTest, AWithdrawnKeyTakesItsTokensWithIt) {
    good(token, set);
    const JwkSet rotated = set_of({other.jwk()});
    EXPECT_EQ(error_of(token, rotated), Error::key_not_found);
    const JwkSet both = set_of({minter.jwk(), other.jwk()});
    good(token, both);
    good(other.mint(claims), both);
}

TEST_F(CachedVerifierTest, ATokenVerifiedForOneSetIsNotKnownToAnother) {
    const TokenMinter impostor(Algorithm::ES256, "first");  // the same kid, another key
    good(token, set);
    EXPECT_EQ(error_of(token, set_of({impostor.jwk()})), Error::signature_invalid);
}

TEST_F(CachedVerifierTest, WhatWasAcceptedWithoutASignatureStaysUnverifiedForStricterRules) {
    const std::string forged = minter.mint(minter.header(), claims).substr(0, token.rfind('.')) + ".AAAA";
    rules.accept_any_signature = true;
    good(forged, set);
    rules.accept_any_signature = false;
    EXPECT_NE(error_of(forged, set), Error::internal);
}

TEST_F(CachedVerifierTest, ATokenAboveTheSizeLimitIsRefusedBeforeItIsHashed) {
    rules.max_token_bytes = token.size() - 1;
    EXPECT_EQ(error_of(token, set), Error::token_too_large);
}

}  // namespace
}  // namespace oauth::jwt
