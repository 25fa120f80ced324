#include "base/backoff.h"

#include <gtest/gtest.h>

namespace base {
namespace {

constexpr Backoff backoff{.first = 100, .longest = 5000};

TEST(Backoff, DoublesUpToTheLongest) {
    EXPECT_EQ(backoff.delay(1, 0), 100U);
    EXPECT_EQ(backoff.delay(2, 0), 200U);
    EXPECT_EQ(backoff.delay(6, 0), 3200U);
    EXPECT_EQ(backoff.delay(7, 0), 5000U);
    EXPECT_EQ(backoff.delay(4'000'000'000, 0), 5000U);
}

TEST(Backoff, IsNeverLessThanHalf) {
    EXPECT_EQ(backoff.delay(1, UINT32_MAX), 51U);
    EXPECT_EQ(backoff.delay(100, UINT32_MAX), 2501U);
    EXPECT_EQ(backoff.delay(1, UINT32_MAX / 2), 76U);
}

}  // namespace
}  // namespace base
