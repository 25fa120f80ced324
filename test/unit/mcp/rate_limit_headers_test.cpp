#include "mcp/rate_limit_headers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace mcp {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

const Rate by_minute{.requests = 100, .period = 1min};
const Rate by_hour{.requests = 1000, .period = 1h, .burst = 50};

LimitResult passed(std::uint64_t remaining, microseconds reset) {
    return {.allowed = true, .limit = 100, .remaining = remaining, .reset = reset};
}

LimitResult refused(microseconds retry_after, microseconds reset = 1h, std::uint64_t remaining = 0) {
    return {.allowed = false, .limit = 100, .remaining = remaining, .reset = reset, .retry_after = retry_after};
}

// Limits that a request fell under, and what came of it.
class Limits {
public:
    struct Limit {
        std::string name;
        Rate rate;
        LimitResult result{};
    };
    Limits(std::initializer_list<Limit> limits) {
        for (const auto& [name, rate, result] : limits) {
            describe_policy(rules_.emplace_back(LimitRule{.name = name, .rate = rate}));
            told_.push_back({.rule = &rules_.back(), .result = &results_.emplace_back(result)});
        }
    }
    operator std::span<const ToldLimit>() const { return told_; }

private:
    std::deque<LimitRule> rules_;
    std::deque<LimitResult> results_;
    std::vector<ToldLimit> told_;
};

std::string policy_field(const Limits& limits) {
    std::string field;
    append_rate_limit_policy(field, limits);
    return field;
}

std::string field(const Limits& limits) {
    std::string field;
    append_rate_limit(field, limits);
    return field;
}

TEST(RateLimitHeadersTest, WithoutALimitThereIsNoField) {
    EXPECT_EQ(policy_field({}), "");
    EXPECT_EQ(field({}), "");
    EXPECT_EQ(tightest_limit({}), nullptr);
    EXPECT_TRUE(all_pass({}));
}

TEST(RateLimitHeadersTest, APolicyTellsHowManyInWhichTime) {
    const Limits limits{{"subject", by_minute}, {"client", by_hour}};
    EXPECT_EQ(policy_field(limits), R"("subject";q=100;w=60, "client";q=1050;w=3600)");
}

TEST(RateLimitHeadersTest, WhatIsLeftIsTheRemainingAndTheTimeUntilTheReset) {
    const Limits limits{{"subject", by_minute, passed(50, 30s)}, {"client", by_hour, passed(0, 0s)}};
    EXPECT_EQ(field(limits), R"("subject";r=50;t=30, "client";r=0;t=0)");
}

TEST(RateLimitHeadersTest, TimesAreRoundedUpToWholeSeconds) {
    EXPECT_EQ(reset_seconds(passed(1, 0us)), 0);
    EXPECT_EQ(reset_seconds(passed(1, 1us)), 1);
    EXPECT_EQ(reset_seconds(passed(1, 1s)), 1);
    EXPECT_EQ(reset_seconds(passed(1, 1s + 1us)), 2);
    EXPECT_EQ(reset_seconds(passed(1, microseconds::max())), microseconds::max() / 1s + 1);
    EXPECT_EQ(reset_seconds(passed(1, microseconds::min())), 0);
}

// Section 6 of the draft: Retry-After is not before the end of a time that RateLimit tells.
TEST(RateLimitHeadersTest, ARefusalTellsOnlyOfTheLimitsThatRefuseAndWhenToComeAgain) {
    const Limits limits{
        {"a", by_hour, passed(5, 50min)}, {"b", by_minute, refused(1500ms)}, {"c", by_minute, refused(1us, 1h, 2)}};
    EXPECT_EQ(field(limits), R"("b";r=0;t=2, "c";r=2;t=1)");
    EXPECT_EQ(retry_after_seconds(limits), 2);
    EXPECT_FALSE(all_pass(limits));
}

TEST(RateLimitHeadersTest, RetryAfterIsAtLeastASecond) {
    for (const microseconds wait : {microseconds::min(), microseconds(-1), microseconds(0), microseconds(1)})
        EXPECT_EQ(retry_after_seconds(Limits{{"a", by_hour, refused(wait)}}), 1);
    EXPECT_EQ(retry_after_seconds({}), 1);
}

TEST(RateLimitHeadersTest, WhatNeverPassesIsToldWhenAsMuchAsCanWill) {
    const Limits limits{{"a", by_hour, refused(microseconds::max(), 90s, 7)}};
    EXPECT_EQ(retry_after_seconds(limits), 90);
    EXPECT_EQ(field(limits), R"("a";r=7;t=90)");
}

TEST(RateLimitHeadersTest, TheTightestRefusesForLongest) {
    const Limits limits{{"a", by_hour, passed(0, 1h)},
                        {"b", by_minute, refused(1s)},
                        {"c", by_minute, refused(2s)},
                        {"d", by_minute, passed(0, 1h)}};
    EXPECT_EQ(tightest_limit(limits)->rule->name, "c");
}

TEST(RateLimitHeadersTest, OrHasTheFewestRemaining) {
    const Limits limits{{"a", by_hour, passed(5, 1h)},
                        {"b", by_minute, passed(3, 10s)},
                        {"c", by_minute, passed(3, 20s)},
                        {"d", by_minute, passed(3, 20s)}};
    EXPECT_EQ(tightest_limit(limits)->rule->name, "c");
}

// RFC 9651: a String is printable ASCII, an Integer has 15 digits.
TEST(RateLimitHeadersTest, ValuesAreStructuredFieldsWhateverTheyAreMadeOf) {
    const Limits limits{{"a\"b\\c\r\n\xC3\xA9", by_minute, passed(UINT64_MAX, 1s)}};
    EXPECT_EQ(field(limits), "\"a\\\"b\\\\c????\";r=999999999999999;t=1");
    const Rate odd{.requests = UINT32_MAX, .period = 1us, .burst = UINT32_MAX};
    EXPECT_EQ(policy_field({{"x", odd}}), "\"x\";q=8589934590;w=1");
}

}  // namespace
}  // namespace mcp
