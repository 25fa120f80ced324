#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include "mcp/rate_limit.h"
#include "support/rates.h"

namespace mcp {
namespace {

TEST(RateLimitTest, WhatIsGivenBackAtOnceHasNeverBeen) {
    for (const auto algorithm : {LimitAlgorithm::gcra, LimitAlgorithm::token_bucket}) {
        const Rate rate = rate_of(7, 1s, 5, algorithm);
        LimitState state;
        ask(rate, state, start, 2);
        const LimitState before = state;
        const auto taken = ask(rate, state, start + 1ms);
        give_back(rate, state, 1, start + 1ms + taken.reset, start + 1ms);
        EXPECT_EQ(state, before);
    }
}

TEST(RateLimitTest, WhatTimeHasPaidIsNotGivenBack) {
    const Rate rate = rate_of(1, 1s, 4);
    LimitState state;
    const auto first = ask(rate, state, start);
    const auto second = ask(rate, state, start);
    ask(rate, state, start + 1500ms, 2);  // paid at 4 s
    give_back(rate, state, 1, start + first.reset, start + 1500ms);
    EXPECT_EQ(state.a, (start + 4s).count());
    give_back(rate, state, 1, start + second.reset, start + 1500ms);
    EXPECT_EQ(state.a, (start + 3500ms).count());
}

TEST(RateLimitTest, GivingBackMakesNoRoomThatAFreshLimitHasNot) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(3, 1s, 2, algorithm);
        LimitState state;
        const auto limit = ask(rate, state, start, 0).limit;
        for (int i = 0; i < 50; ++i)
            give_back(rate, state, UINT32_MAX >> (i % 32), start + std::chrono::seconds(i), start);
        EXPECT_EQ(all_at(rate, state, start), limit);
    }
}

TEST(RateLimitTest, OfWindowsNothingIsGivenBack) {
    for (const auto algorithm : {LimitAlgorithm::fixed_window, LimitAlgorithm::sliding_window}) {
        const Rate rate = rate_of(3, 1s, 0, algorithm);
        LimitState state;
        const auto taken = ask(rate, state, start);
        const LimitState before = state;
        give_back(rate, state, 1, start + taken.reset, start);
        EXPECT_EQ(state, before);
    }
}

// Whoever shows good tokens beside bad ones gains nothing by when the good ones are given back.
TEST(RateLimitTest, WhatIsKeptNeverExceedsTheLimitWhateverIsGivenBackInBetween) {
    std::mt19937 random(7);
    const Rate rate = rate_of(5, 1s, 3);
    for (int round = 0; round < 200; ++round) {
        LimitState state;
        std::vector<microseconds> pending;  // when they are paid
        microseconds now = start;
        std::uint64_t kept = 0;
        for (int step = 0; step < 300; ++step) {
            now += microseconds(random() % 100'000);
            if (random() % 2 == 0 && !pending.empty()) {
                give_back(rate, state, 1, pending.back(), now);
                pending.pop_back();
                continue;
            }
            const auto taken = ask(rate, state, now);
            if (!taken.allowed) continue;
            if (random() % 2 == 0)
                pending.push_back(now + taken.reset);
            else
                ++kept;
        }
        EXPECT_LE(kept, 4 + static_cast<std::uint64_t>((now - start) / 200ms));
    }
}

}  // namespace
}  // namespace mcp
