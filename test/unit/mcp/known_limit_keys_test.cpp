#include "mcp/known_limit_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
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

// As many as it has room for: so each place is looked at for others than it holds.
template <class Keep, class Look>
void fill_and_look(int count, Keep keep, Look look) {
    for (int i = 0; i < count; i++)
        keep(i);
    int known = 0;
    for (int i = 0; i < count; i++) {
        const base::Sha256* key = look(i);
        if (key == nullptr) continue;
        known++;
        ASSERT_EQ(*key, key_of(i));
    }
    // Of 3,000 in 4,096 places by chance: 2,100.
    EXPECT_GT(known, count / 2);
    EXPECT_LT(known, count);
}

TEST(KnownLimitKeysTest, ManyTokensOfOneRuleAreSpreadAndNeverMixedUp) {
    KnownLimitKeys keys;
    const LimitRule rule{.name = "subject", .rate = {}};
    std::vector<KnownLimitKeys::Token> tokens;
    while (tokens.size() < 3000)
        tokens.push_back(a_token());
    const auto at = [&](int i) -> const auto& { return tokens[static_cast<std::size_t>(i)]; };
    fill_and_look(
        3000, [&](int i) { keys.keep(at(i), rule, key_of(i)); }, [&](int i) { return keys.find(at(i), rule); });
}

TEST(KnownLimitKeysTest, ManyRulesOfOneTokenAreSpreadAndNeverMixedUp) {
    KnownLimitKeys keys;
    const std::vector<LimitRule> rules(3000, LimitRule{.name = "subject", .rate = {}});
    const auto token = a_token();
    const auto at = [&](int i) -> const auto& { return rules[static_cast<std::size_t>(i)]; };
    fill_and_look(
        3000, [&](int i) { keys.keep(token, at(i), key_of(i)); }, [&](int i) { return keys.find(token, at(i)); });
}

TEST(KnownLimitKeysTest, TokensAtEqualDistancesAreSpread) {
    const LimitRule rule{.name = "subject", .rate = {}};
    for (const std::size_t distance : {64U, 672U, 1024U, 1376U, 2064U, 4096U, 4128U, 65536U}) {
        KnownLimitKeys keys;
        // Nobody looks at the tokens: their addresses are what counts.
        std::vector<KnownLimitKeys::Token> tokens;
        for (std::size_t i = 1; i <= 1000; i++)
            tokens.emplace_back(reinterpret_cast<const oauth::VerifiedToken*>(i * distance), [](const auto*) {});
        for (const auto& token : tokens)
            keys.keep(token, rule, {});
        const auto known = std::ranges::count_if(tokens, [&](const auto& token) { return keys.find(token, rule); });
        EXPECT_GT(known, 600) << distance;  // by chance: 780
    }
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

}  // namespace
}  // namespace mcp
