// A rate that changes while its states are kept: after a reload, or between machines.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "mcp/rate_limit.h"

namespace mcp {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr auto all_algorithms = {LimitAlgorithm::gcra, LimitAlgorithm::fixed_window, LimitAlgorithm::token_bucket,
                                 LimitAlgorithm::sliding_window};
constexpr microseconds start = 1'000'000h;  // of some clock; a multiple of every period

Rate rate_of(std::uint32_t requests, microseconds period, std::uint32_t burst = 0,
             LimitAlgorithm algorithm = LimitAlgorithm::gcra) {
    return {.requests = requests, .period = period, .burst = burst, .algorithm = algorithm};
}

LimitResult ask(const Rate& rate, LimitState& state, microseconds now, std::uint32_t units = 1) {
    std::array<LimitShare, 1> shares{{{.rate = &rate, .state = &state, .units = units}}};
    EXPECT_EQ(take(shares, now), shares[0].result.allowed);
    return shares[0].result;
}

// How many pass one after the other at this time.
std::uint64_t all_at(const Rate& rate, LimitState& state, microseconds now) {
    std::uint64_t passed = 0;
    while (ask(rate, state, now).allowed)
        ++passed;
    return passed;
}

TEST(RateLimitChangeTest, AStateOfAnotherRateIsUsedWithinTheNewOne) {
    for (const auto before : all_algorithms) {
        for (const auto after : all_algorithms) {
            const Rate slow = rate_of(3, 1h, 50, before);
            const Rate fast = rate_of(10, 1s, 5, after);
            LimitState state, none;
            all_at(slow, state, start);
            const auto most = all_at(fast, none, start + 1ms);
            EXPECT_LE(all_at(fast, state, start + 1ms), most);
            const auto result = ask(fast, state, start + 1ms, 0);
            EXPECT_LE(result.reset, 10s) << "not the hours of the other";
            EXPECT_EQ(all_at(fast, state, start + 1ms + result.reset), most);
            EXPECT_LE(all_at(slow, state, start + 12s), 53U);
        }
    }
}

TEST(RateLimitChangeTest, ARaisedLimitCountsAtOnceAndWhatPassedStillCounts) {
    for (const auto algorithm : all_algorithms) {
        const Rate before = rate_of(2, 1h, 3, algorithm);
        const Rate after = rate_of(200, 1h, 30, algorithm);
        LimitState state;
        const auto used = all_at(before, state, start);
        EXPECT_GT(ask(before, state, start + 1s).retry_after, 29min);
        const auto result = ask(after, state, start + 1s, 0);
        EXPECT_TRUE(result.allowed);
        EXPECT_EQ(result.remaining, result.limit - used);
        EXPECT_EQ(all_at(after, state, start + 1s), result.limit - used);
    }
}

TEST(RateLimitChangeTest, ALoweredLimitIsUsedUpByWhatPassed) {
    for (const auto algorithm : all_algorithms) {
        const Rate before = rate_of(200, 1h, 30, algorithm);
        const Rate after = rate_of(2, 1h, 3, algorithm);
        LimitState state;
        all_at(before, state, start);
        const auto refused = ask(after, state, start + 1s);
        EXPECT_FALSE(refused.allowed);
        EXPECT_EQ(refused.remaining, 0U);
        EXPECT_LE(refused.retry_after, 2h);
    }
}

// As machines do while a new configuration is rolled out.
TEST(RateLimitChangeTest, TwoRatesInTurnLetNoMorePassThanTheLargerOfEach) {
    for (const auto algorithm : all_algorithms) {
        for (const auto& [one, other] : {std::pair(rate_of(7, 1min, 5), rate_of(13, 1min, 20)),
                                         {rate_of(7, 1min, 5), rate_of(7, 1min, 500)},
                                         {rate_of(13, 1min, 5), rate_of(7, 1min, 200)}}) {
            Rate first = one, second = other;
            first.algorithm = second.algorithm = algorithm;
            const Rate large =
                rate_of(std::max(one.requests, other.requests), 1min, std::max(one.burst, other.burst), algorithm);
            LimitState state, alone;
            std::uint64_t in_turn = 0, by_large = 0;
            for (microseconds now = start; now < start + 20min; now += 777ms) {
                in_turn += all_at(first, state, now) + all_at(second, state, now);
                by_large += all_at(large, alone, now);
            }
            EXPECT_LE(in_turn, by_large);
            EXPECT_GT(in_turn, 100U);
        }
    }
}

}  // namespace
}  // namespace mcp
