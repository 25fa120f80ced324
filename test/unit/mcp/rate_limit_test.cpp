#include "mcp/rate_limit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "support/rates.h"

namespace mcp {
namespace {

// How many pass when somebody tries every `step`.
std::uint64_t passed_between(const Rate& rate, LimitState& state, microseconds from, microseconds to,
                             microseconds step) {
    std::uint64_t passed = 0;
    for (microseconds now = from; now < to; now += step)
        passed += all_at(rate, state, now);
    return passed;
}

TEST(RateLimitTest, MoreThanTheLimitNeverPassesAtOnce) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(10, 1s, 5, algorithm);
        LimitState state;
        EXPECT_EQ(all_at(rate, state, start), algorithm == LimitAlgorithm::gcra ? 6U : 15U);
        const auto refused = ask(rate, state, start);
        EXPECT_FALSE(refused.allowed);
        EXPECT_EQ(refused.remaining, 0U);
        EXPECT_GT(refused.retry_after, 0us);
        EXPECT_GE(refused.reset, refused.retry_after);
    }
}

TEST(RateLimitTest, ARefusalChangesNothing) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(10, 1s, 5, algorithm);
        LimitState state;
        all_at(rate, state, start);
        const LimitState before = state;
        for (int i = 0; i < 1000; ++i)
            EXPECT_FALSE(ask(rate, state, start).allowed);
        EXPECT_EQ(state, before);
    }
}

TEST(RateLimitTest, UnitsThatAreMoreThanTheLimitNeverPass) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(10, 1s, 5, algorithm);
        LimitState state;
        const auto limit = static_cast<std::uint32_t>(ask(rate, state, start, 0).limit);
        for (const std::uint32_t units : {limit + 1, limit + 1000, UINT32_MAX}) {
            const auto refused = ask(rate, state, start, units);
            EXPECT_FALSE(refused.allowed);
            EXPECT_EQ(refused.retry_after, microseconds::max());
            EXPECT_EQ(refused.remaining, limit);
        }
        EXPECT_TRUE(ask(rate, state, start, limit).allowed);
        EXPECT_FALSE(ask(rate, state, start).allowed);
    }
}

TEST(RateLimitTest, UnitsCountAsManyRequests) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(7, 1min, 13, algorithm);
        LimitState together, singly;
        for (const std::uint32_t units : {3U, 1U, 5U}) {
            ask(rate, together, start, units);
            for (std::uint32_t i = 0; i < units; ++i)
                ask(rate, singly, start);
        }
        EXPECT_EQ(together, singly);
    }
}

TEST(RateLimitTest, NoUnitsCountNothingAndPassWhenOneMoreWould) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(3, 1s, 0, algorithm);
        LimitState state;
        for (int i = 0; i < 100; ++i)
            EXPECT_TRUE(ask(rate, state, start, 0).allowed);
        all_at(rate, state, start);
        const auto full = ask(rate, state, start, 0);
        EXPECT_FALSE(full.allowed);
        EXPECT_EQ(full.retry_after, ask(rate, state, start, 1).retry_after);
    }
}

TEST(RateLimitTest, WhatIsRefusedPassesWhenItWasToldToComeAgainAndNotBefore) {
    for (const auto algorithm : all_algorithms) {
        for (const std::uint32_t units : {1U, 2U, 5U}) {
            const Rate rate = rate_of(7, 1min, 4, algorithm);
            LimitState state;
            ask(rate, state, start, 3);
            all_at(rate, state, start + 1s);
            const auto refused = ask(rate, state, start + 2s, units);
            ASSERT_FALSE(refused.allowed);
            EXPECT_FALSE(ask(rate, state, start + 2s + refused.retry_after - 1us, units).allowed);
            EXPECT_TRUE(ask(rate, state, start + 2s + refused.retry_after, units).allowed);
        }
    }
}

TEST(RateLimitTest, AllMayPassAgainAfterResetAndNotBefore) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(7, 1min, 4, algorithm);
        LimitState state;
        ask(rate, state, start + 1s, 3);
        const auto result = ask(rate, state, start + 2s, 0);
        EXPECT_EQ(time_to_live(rate, state, start + 2s), result.reset);
        LimitState early = state;
        EXPECT_LT(ask(rate, early, start + 2s + result.reset - 1us, 0).remaining, result.limit);
        EXPECT_EQ(ask(rate, state, start + 2s + result.reset, 0).remaining, result.limit);
        EXPECT_EQ(time_to_live(rate, state, start + 2s + result.reset), 0us);
    }
}

// Somebody who takes whatever he can get, to the microsecond, for 60 periods.
TEST(RateLimitTest, NothingIsLostByRounding) {
    for (const auto algorithm : {LimitAlgorithm::gcra, LimitAlgorithm::token_bucket}) {
        for (const std::uint32_t requests : {7U, 13U, 997U}) {
            const Rate rate = rate_of(requests, 1min, 1, algorithm);
            LimitState state;
            EXPECT_EQ(all_at(rate, state, start), algorithm == LimitAlgorithm::gcra ? 2U : requests + 1);
            std::uint64_t passed = 0;
            for (microseconds now = start; now < start + 60min;) {
                const auto result = ask(rate, state, now);
                passed += result.allowed ? 1 : 0;
                now = std::min(now + result.retry_after, start + 60min);
            }
            EXPECT_EQ(passed, 60 * requests - 1) << requests;
            EXPECT_EQ(all_at(rate, state, start + 60min), 1U) << "the last of them, at the very end";
        }
    }
}

TEST(RateLimitTest, GcraAdmitsTheRateEvenlyAndTheBurstOnce) {
    const Rate rate = rate_of(60, 1min, 4);
    LimitState state;
    EXPECT_EQ(all_at(rate, state, start), 5U);
    EXPECT_EQ(passed_between(rate, state, start + 1ms, start + 10s + 1ms, 1ms), 10U);
    EXPECT_EQ(all_at(rate, state, start + 1h), 5U);
}

TEST(RateLimitTest, ATokenBucketStartsFullAndIsRefilledEvenly) {
    const Rate rate = rate_of(60, 1min, 4, LimitAlgorithm::token_bucket);
    LimitState state;
    EXPECT_EQ(all_at(rate, state, start), 64U);
    EXPECT_EQ(all_at(rate, state, start + 1s - 1us), 0U);
    EXPECT_EQ(all_at(rate, state, start + 1s), 1U);
    EXPECT_EQ(all_at(rate, state, start + 1h), 64U);
}

TEST(RateLimitTest, AFixedWindowBeginsWithTheFirstRequest) {
    const Rate rate = rate_of(10, 1s, 2, LimitAlgorithm::fixed_window);
    LimitState state;
    EXPECT_EQ(ask(rate, state, start + 700ms).reset, 1s);
    EXPECT_EQ(all_at(rate, state, start + 900ms), 11U);
    EXPECT_EQ(ask(rate, state, start + 1600ms).retry_after, 100ms);
    EXPECT_EQ(all_at(rate, state, start + 1700ms - 1us), 0U);
    EXPECT_EQ(all_at(rate, state, start + 1700ms), 12U);
}

// Shortly after a machine has started, its clock shows less than a period.
TEST(RateLimitTest, AWindowIsWholeAlsoWhenTheClockHasJustStarted) {
    const Rate rate = rate_of(10, 1h, 0, LimitAlgorithm::fixed_window);
    LimitState state;
    EXPECT_EQ(all_at(rate, state, 59min), 10U);
    EXPECT_EQ(ask(rate, state, 1h).retry_after, 59min);
}

TEST(RateLimitTest, ASlidingWindowCountsThePartOfTheOneBefore) {
    const Rate rate = rate_of(100, 1min, 0, LimitAlgorithm::sliding_window);
    LimitState state;
    EXPECT_EQ(all_at(rate, state, start + 59s), 100U);
    EXPECT_EQ(all_at(rate, state, start + 60s), 0U) << "all of it counts";
    EXPECT_EQ(all_at(rate, state, start + 75s), 25U) << "three quarters of it";
    EXPECT_EQ(ask(rate, state, start + 75s).retry_after, 600ms) << "one in a hundred of a minute";
    EXPECT_EQ(ask(rate, state, start + 75s).reset, 105s);
    EXPECT_EQ(all_at(rate, state, start + 120s), 75U) << "what passed in the second window counts";
    EXPECT_EQ(all_at(rate, state, start + 240s), 100U) << "nothing was in the window before";
}

TEST(RateLimitTest, AllPassOrNoneIsCounted) {
    const Rate wide = rate_of(100, 1min, 0, LimitAlgorithm::fixed_window);
    const Rate narrow = rate_of(2, 1h, 0, LimitAlgorithm::fixed_window);
    LimitState first, second, third;
    std::array<LimitShare, 3> shares{{{.rate = &wide, .state = &first},
                                      {.rate = &narrow, .state = &second},
                                      {.rate = &wide, .state = &third, .units = 3}}};
    EXPECT_TRUE(take(shares, start));
    EXPECT_TRUE(take(shares, start));
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(take(shares, start + 1s));
        EXPECT_TRUE(shares[0].result.allowed);
        EXPECT_FALSE(shares[1].result.allowed);
        EXPECT_EQ(shares[1].result.retry_after, 1h - 1s);
        EXPECT_TRUE(shares[2].result.allowed);
        EXPECT_EQ(shares[0].result.remaining, 98U);
        EXPECT_EQ(shares[2].result.remaining, 94U);
    }
    EXPECT_TRUE(take({}, start)) << "no limit refuses";
}

TEST(RateLimitTest, SharesOfOneStateAreCountedOneAfterTheOther) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(5, 1s, 4, algorithm);
        LimitState state;
        const auto limit = ask(rate, state, start, 0).limit;
        std::array<LimitShare, 2> shares{{{.rate = &rate, .state = &state}, {.rate = &rate, .state = &state}}};
        for (std::uint64_t passed = 0; passed + 2 <= limit; passed += 2)
            EXPECT_TRUE(take(shares, start));
        EXPECT_EQ(shares[0].result.remaining, 1U);
        EXPECT_FALSE(take(shares, start)) << "one is left, two are asked for";
        EXPECT_TRUE(shares[0].result.allowed);
        EXPECT_FALSE(shares[1].result.allowed);
        EXPECT_EQ(shares[0].result.remaining, 1U);
        EXPECT_EQ(shares[1].result.remaining, 1U);
        EXPECT_TRUE(take(shares, start + shares[1].result.retry_after));
    }
}

TEST(RateLimitTest, AClockThatGoesBackByUpToAPeriodLetsNothingPass) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(10, 1s, 0, algorithm);
        for (const microseconds step : {microseconds(1), microseconds(1ms), microseconds(999ms), microseconds(1s)}) {
            LimitState state;
            all_at(rate, state, start);
            const LimitState before = state;
            EXPECT_EQ(all_at(rate, state, start - step), 0U);
            EXPECT_EQ(state, before);
        }
    }
}

TEST(RateLimitTest, AClockThatGoesBackFurtherIsTakenAsItIsWithAllUsedUp) {
    for (const auto algorithm : all_algorithms) {
        for (const microseconds back : {microseconds(2s + 1us), microseconds(1min), start}) {
            const Rate rate = rate_of(10, 1s, 0, algorithm);
            LimitState state;
            all_at(rate, state, start);
            const microseconds now = start - back;
            const auto refused = ask(rate, state, now);
            EXPECT_FALSE(refused.allowed);
            EXPECT_LE(refused.retry_after, 2s);
            EXPECT_TRUE(ask(rate, state, now + refused.retry_after).allowed);
        }
    }
}

TEST(RateLimitTest, AClockThatJumpsFarAheadGivesTheLimitOnce) {
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(10, 1s, 5, algorithm);
        for (const microseconds now : {microseconds{std::int64_t{1} << 52}, microseconds::max()}) {
            LimitState state;
            const auto limit = all_at(rate, state, start);
            EXPECT_EQ(all_at(rate, state, now), limit);
            EXPECT_EQ(all_at(rate, state, now), 0U);
        }
    }
}

TEST(RateLimitTest, TheLargestNumbersStayBelowTwoToThe53) {
    for (const auto algorithm : all_algorithms) {
        for (const std::uint32_t requests : {1U, 999'999U, Rate::most}) {
            const Rate rate = rate_of(requests, Rate::longest_period, Rate::most, algorithm);
            LimitState state;
            const microseconds now{std::int64_t{1} << 52};
            const auto limit = static_cast<std::uint32_t>(ask(rate, state, now, 0).limit);
            EXPECT_TRUE(ask(rate, state, now, limit).allowed);
            EXPECT_FALSE(ask(rate, state, now).allowed);
            for (const std::int64_t number : {state.a, state.b, state.c}) {
                EXPECT_GE(number, 0);
                EXPECT_LT(number, std::int64_t{1} << 53);
            }
        }
    }
}

TEST(RateLimitTest, AnyThreeNumbersAreAStateThatLetsNoMorePassThanNoneDoes) {
    const std::vector<std::int64_t> numbers{INT64_MIN,
                                            INT64_MIN + 1,
                                            -1,
                                            0,
                                            1,
                                            6,
                                            1'000'000,
                                            start.count() - 1,
                                            start.count(),
                                            start.count() + 400'000,
                                            start.count() + 1'000'000'000,
                                            std::int64_t{1} << 53,
                                            INT64_MAX};
    for (const auto algorithm : all_algorithms) {
        const Rate rate = rate_of(7, 1s, 3, algorithm);
        LimitState none;
        const auto most = all_at(rate, none, start);
        for (const auto a : numbers) {
            for (const auto b : numbers) {
                for (const auto c : numbers) {
                    LimitState state{a, b, c};
                    EXPECT_LE(time_to_live(rate, state, start), 4s);
                    EXPECT_LE(all_at(rate, state, start), most);
                    EXPECT_EQ(all_at(rate, state, start + 4s), most) << "it is over like any other";
                }
            }
        }
    }
}

TEST(RateLimitTest, ARateOutOfBoundsIsTheNearestWithinThem) {
    for (const auto algorithm : all_algorithms) {
        for (const Rate& rate :
             {rate_of(0, 0us, 0, algorithm), rate_of(UINT32_MAX, microseconds::max(), UINT32_MAX, algorithm),
              rate_of(0, microseconds::min(), UINT32_MAX, algorithm)}) {
            LimitState state;
            const auto result = ask(rate, state, start);
            EXPECT_TRUE(result.allowed);
            EXPECT_GE(result.limit, 1U);
            EXPECT_LE(result.limit, 2U * Rate::most);
        }
    }
    Rate unknown = rate_of(5, 1s, 1);
    unknown.algorithm = static_cast<LimitAlgorithm>(200);
    LimitState state;
    EXPECT_EQ(all_at(unknown, state, start), 2U) << "as gcra";
}

}  // namespace
}  // namespace mcp
