#include "oauth/discovery/refetch_limiter.h"

#include <gtest/gtest.h>

namespace oauth::discovery {
namespace {

using namespace std::chrono_literals;

TEST(RefetchLimiter, TheFirstMayAlwaysPass) {
    EXPECT_TRUE(RefetchLimiter(10s).acquire(0ms));
    EXPECT_TRUE(RefetchLimiter(10s).acquire(1ms));
}

// A storm of tokens with made-up kids makes one fetch.
TEST(RefetchLimiter, NoneOfAThousandWithinTheIntervalPasses) {
    RefetchLimiter limiter(10s);
    ASSERT_TRUE(limiter.acquire(5s));
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(limiter.acquire(5s + std::chrono::milliseconds(i * 9)));
}

TEST(RefetchLimiter, TheNextPassesWhenTheIntervalIsOver) {
    RefetchLimiter limiter(10s);
    ASSERT_TRUE(limiter.acquire(5s));
    EXPECT_FALSE(limiter.acquire(14999ms));
    EXPECT_TRUE(limiter.acquire(15s));
    EXPECT_FALSE(limiter.acquire(15s));
}

TEST(RefetchLimiter, OneThatWasRefusedDoesNotProlongTheInterval) {
    RefetchLimiter limiter(10s);
    ASSERT_TRUE(limiter.acquire(0ms));
    ASSERT_FALSE(limiter.acquire(9s));
    EXPECT_TRUE(limiter.acquire(10s));
}

TEST(RefetchLimiter, ItTellsWhenTheNextMayPass) {
    RefetchLimiter limiter(10s);
    EXPECT_EQ(limiter.time_left(0ms), 0ms);
    ASSERT_TRUE(limiter.acquire(5s));
    EXPECT_EQ(limiter.time_left(5s), 10s);
    EXPECT_EQ(limiter.time_left(14999ms), 1ms);
    EXPECT_EQ(limiter.time_left(15s), 0ms);
    EXPECT_EQ(limiter.time_left(99s), 0ms);
}

}  // namespace
}  // namespace oauth::discovery
