#include "oauth/token_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/base64url.h"
#include "oauth/jwt/verifier.h"

namespace oauth {
namespace {

std::shared_ptr<const VerifiedToken> token_of(const std::string& subject) {
    jwt::VerificationRules rules;
    rules.accept_any_signature = true;
    rules.claims.allow_missing_expiration = true;
    const std::string jws = base::base64url::encode(R"({"alg":"RS256"})") + "." +
                            base::base64url::encode(R"({"sub":")" + subject + "\"}") + ".AA";
    auto token = jwt::Verifier::verify(jws, {}, rules, 1);
    EXPECT_TRUE(token);
    return std::make_shared<const VerifiedToken>(std::move(*token));
}

std::string_view subject_of(const std::shared_ptr<const VerifiedToken>& token) {
    return *token->claims().member("sub")->string();
}

constexpr std::string_view rest = "header.payload";

base::Sha256 key_of(std::size_t number) {
    return *base::sha256_of({std::to_string(number)});
}

TEST(TokenCacheTest, AnUnknownKeyIsNotFound) {
    TokenCache cache;
    cache.insert(key_of(1), rest, token_of("alice"));
    EXPECT_EQ(cache.find(key_of(2), rest), nullptr);
}

TEST(TokenCacheTest, AStoredTokenIsFoundByItsKey) {
    TokenCache cache;
    cache.insert(key_of(1), rest, token_of("alice"));
    cache.insert(key_of(2), rest, token_of("bob"));
    ASSERT_NE(cache.find(key_of(1), rest), nullptr);
    EXPECT_EQ(subject_of(cache.find(key_of(1), rest)), "alice");
    EXPECT_EQ(subject_of(cache.find(key_of(2), rest)), "bob");
}

TEST(TokenCacheTest, TheSignatureOfOneTokenIsNoneOfAnother) {
    TokenCache cache;
    cache.insert(key_of(1), "header.alice", token_of("alice"));
    EXPECT_EQ(cache.find(key_of(1), "header.admin"), nullptr);
    EXPECT_EQ(cache.find(key_of(1), "header.alice2"), nullptr);
    EXPECT_EQ(cache.find(key_of(1), ""), nullptr);
    ASSERT_NE(cache.find(key_of(1), "header.alice"), nullptr);
}

TEST(TokenCacheTest, OtherBytesUnderAKnownKeyTakeItsPlace) {
    TokenCache cache;
    cache.insert(key_of(1), "first answer", token_of("alice"));
    const std::size_t bytes = cache.memory_bytes();
    cache.insert(key_of(1), "other answer", token_of("carol"));
    EXPECT_EQ(cache.find(key_of(1), "first answer"), nullptr);
    ASSERT_NE(cache.find(key_of(1), "other answer"), nullptr);
    EXPECT_EQ(cache.find(key_of(1), "other answer")->claims().member("sub")->string(), "carol");
    EXPECT_EQ(cache.size(), 1);
    EXPECT_EQ(cache.memory_bytes(), bytes);
}

TEST(TokenCacheTest, TheLeastRecentlyUsedTokenMakesRoom) {
    TokenCache cache({.max_entries = 2});
    cache.insert(key_of(1), rest, token_of("a"));
    cache.insert(key_of(2), rest, token_of("b"));
    EXPECT_NE(cache.find(key_of(1), rest), nullptr);
    cache.insert(key_of(3), rest, token_of("c"));
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_NE(cache.find(key_of(1), rest), nullptr);
    EXPECT_EQ(cache.find(key_of(2), rest), nullptr);
}

TEST(TokenCacheTest, BytesAreBoundedWhateverTheTokensWeigh) {
    constexpr std::size_t limit = 64 * 1024;
    TokenCache cache({.max_entries = 1000, .max_bytes = limit});
    for (std::size_t i = 0; i < 200; i++) {
        cache.insert(key_of(i), rest, token_of(std::string(i * 10, 'x')));
        EXPECT_LE(cache.memory_bytes(), limit);
    }
    EXPECT_LT(cache.size(), 200U);
    EXPECT_NE(cache.find(key_of(199), rest), nullptr);
}

TEST(TokenCacheTest, ATokenLargerThanTheWholeCacheIsNotKept) {
    TokenCache cache({.max_entries = 10, .max_bytes = 100});
    cache.insert(key_of(1), rest, token_of("alice"));
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.memory_bytes(), 0U);
}

TEST(TokenCacheTest, AFoundTokenOutlivesItsEviction) {
    TokenCache cache({.max_entries = 1});
    cache.insert(key_of(1), rest, token_of("alice"));
    const auto held = cache.find(key_of(1), rest);
    cache.insert(key_of(2), rest, token_of("bob"));
    EXPECT_EQ(cache.find(key_of(1), rest), nullptr);
    EXPECT_EQ(subject_of(held), "alice");
}

TEST(TokenCacheTest, StoringTwiceKeepsOneEntry) {
    TokenCache cache;
    cache.insert(key_of(1), rest, token_of("alice"));
    const std::size_t bytes = cache.memory_bytes();
    cache.insert(key_of(1), rest, token_of("alice"));
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(cache.memory_bytes(), bytes);
}

}  // namespace
}  // namespace oauth
