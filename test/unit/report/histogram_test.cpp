#include "report/histogram.h"

#include <gtest/gtest.h>

#include <charconv>
#include <memory>

namespace report {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Times = Histogram<operation_bounds>;

std::size_t bucket_of(microseconds time) {
    const auto histogram = std::make_unique<Times>();
    histogram->add(time);
    return static_cast<std::size_t>(
        std::ranges::find_if(histogram->buckets, [](const auto& count) { return count == 1; }) -
        histogram->buckets.begin());
}

TEST(Histogram, ABoundBelongsToItsBucket) {
    EXPECT_EQ(bucket_of(microseconds(0)), 0U);
    EXPECT_EQ(bucket_of(milliseconds(10)), 0U);
    EXPECT_EQ(bucket_of(milliseconds(10) + microseconds(1)), 1U);
    EXPECT_EQ(bucket_of(milliseconds(300'000)), 13U);
    EXPECT_EQ(bucket_of(milliseconds(300'000) + microseconds(1)), 14U);
}

// A clock that was set back in between.
TEST(Histogram, ANegativeTimeIsNone) {
    const auto histogram = std::make_unique<Times>();
    histogram->add(microseconds(-5));
    EXPECT_EQ(histogram->buckets[0], 1U);
    EXPECT_EQ(histogram->sum, 0U);
}

TEST(Histogram, TheSumIsInMicroseconds) {
    const auto histogram = std::make_unique<Times>();
    histogram->add(milliseconds(15));
    histogram->add(microseconds(7));
    EXPECT_EQ(histogram->sum, 15'007U);
}

// https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/: ExplicitBucketBoundaries
TEST(Histogram, OperationsHaveTheBucketsOfOpenTelemetry) {
    const std::vector<double> wanted = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300};
    std::vector<double> found;
    for (const Bound& bound : operation_bounds)
        found.push_back(std::chrono::duration<double>(bound.most).count());
    EXPECT_EQ(found, wanted);
}

template <class Bounds>
void expect_texts_say_the_bounds(const Bounds& bounds) {
    microseconds before(0);
    for (const Bound& bound : bounds) {
        double seconds = 0;
        std::from_chars(bound.seconds.begin(), bound.seconds.end(), seconds);
        EXPECT_DOUBLE_EQ(seconds, std::chrono::duration<double>(bound.most).count()) << bound.seconds;
        EXPECT_GT(bound.most, before);
        before = bound.most;
    }
}

TEST(Histogram, TextsOfBoundsSayTheBoundsAndGrow) {
    expect_texts_say_the_bounds(operation_bounds);
    expect_texts_say_the_bounds(authorization_bounds);
}

}  // namespace
}  // namespace report
