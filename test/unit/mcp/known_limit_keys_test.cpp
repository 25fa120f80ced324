#include "mcp/known_limit_keys.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "support/authorize_fixture.h"

namespace mcp {
namespace {

KnownLimitKeys::Token a_token() {
    return std::make_shared<const oauth::VerifiedToken>(token_with(R"({"sub":"a"})"));
}

base::Sha256 key_of(int number) {
    return base::must_sha256_of({std::to_string(number)});
}

bool knows(const KnownLimitKeys& keys, const KnownLimitKeys::Token& token, const LimitRule& rule, int number) {
    const base::Sha256* key = keys.find(token, rule);
    return key != nullptr && *key == key_of(number);
}

TEST(KnownLimitKeysTest, AKeyIsThatOfOneTokenAndOneRule) {
    KnownLimitKeys keys;
    const std::vector<LimitRule> rules(2, LimitRule{.name = "subject", .rate = {}});
    const auto first = a_token(), second = a_token();
    EXPECT_EQ(keys.find(first, rules[0]), nullptr);
    keys.keep(first, rules[0], key_of(1));
    EXPECT_TRUE(knows(keys, first, rules[0], 1));
    EXPECT_EQ(keys.find(first, rules[1]), nullptr);
    EXPECT_EQ(keys.find(second, rules[0]), nullptr);
    keys.keep(first, rules[0], key_of(2));
    EXPECT_TRUE(knows(keys, first, rules[0], 2));
}

TEST(KnownLimitKeysTest, ATokenAtTheAddressOfAnotherIsAnother) {
    KnownLimitKeys keys;
    const LimitRule rule{.name = "subject", .rate = {}};
    // One place for both, where the allocator would only happen to give it again.
    alignas(oauth::VerifiedToken) static std::byte place[sizeof(oauth::VerifiedToken)];
    const auto make_there = [] {
        auto* token = new (place) oauth::VerifiedToken(token_with(R"({"sub":"a"})"));
        return KnownLimitKeys::Token(token, [](const oauth::VerifiedToken* old) { old->~VerifiedToken(); });
    };
    auto token = make_there();
    keys.keep(token, rule, key_of(1));
    ASSERT_TRUE(knows(keys, token, rule, 1));
    token.reset();
    token = make_there();
    ASSERT_EQ(static_cast<const void*>(token.get()), static_cast<const void*>(place));
    EXPECT_EQ(keys.find(token, rule), nullptr);
}

TEST(KnownLimitKeysTest, KeepsNoTokenAlive) {
    KnownLimitKeys keys;
    const LimitRule rule{.name = "subject", .rate = {}};
    auto token = a_token();
    const std::weak_ptr<const oauth::VerifiedToken> seen = token;
    keys.keep(token, rule, key_of(1));
    token.reset();
    EXPECT_TRUE(seen.expired());
}

TEST(KnownLimitKeysTest, WhateverItForgetsItNeverMixesUp) {
    KnownLimitKeys keys;
    const LimitRule rule{.name = "subject", .rate = {}};
    std::vector<KnownLimitKeys::Token> tokens;
    for (int i = 0; i < 5000; i++) {
        tokens.push_back(a_token());
        keys.keep(tokens.back(), rule, key_of(i));
    }
    int known = 0;
    for (int i = 0; i < 5000; i++) {
        const base::Sha256* key = keys.find(tokens[static_cast<std::size_t>(i)], rule);
        if (key == nullptr) continue;
        known++;
        EXPECT_EQ(*key, key_of(i));
    }
    EXPECT_GT(known, 0);
    EXPECT_LT(known, 5000);
}

}  // namespace
}  // namespace mcp
