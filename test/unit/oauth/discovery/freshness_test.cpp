#include "oauth/discovery/freshness.h"

#include <gtest/gtest.h>

#include <limits>

namespace oauth::discovery {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t most_random = std::numeric_limits<std::uint32_t>::max();

TEST(MaxAge, AHeaderThatDoesNotSayHasNone) {
    for (const std::string_view header : {"", "public", "s-maxage=60", "x-max-age=60", "max-agee=60", "public, , ,",
                                          "private=\"max-age=60\"", "x=\"a, max-age=60, b\"", "x=\"\\\", max-age=60\""})
        EXPECT_FALSE(max_age(header)) << header;
}

// RFC 9111 section 4.2.1
TEST(MaxAge, AValueThatCannotBeReadIsStale) {
    for (const std::string_view header : {"max-age", "max-age=", "max-age=x", "max-age=-1", "max-age=-0", "max-age=1.5",
                                          "max-age=60s", "max-age= 60", "max-age=+60", "max-age=\"", "max-age=\"\""})
        EXPECT_EQ(max_age(header), 0s) << header;
}

TEST(MaxAge, NoStoreAndNoCacheAreStale) {
    for (const std::string_view header : {"no-store", "no-cache", "max-age=600, No-Store", "no-cache, max-age=600"})
        EXPECT_EQ(max_age(header), 0s) << header;
}

TEST(MaxAge, TheSmallestOfSeveralCounts) {
    EXPECT_EQ(max_age("max-age=600, max-age=60"), 60s);
    EXPECT_EQ(max_age("max-age=60, max-age=600"), 60s);
    EXPECT_EQ(max_age("max-age=60, max-age=x"), 0s);
}

TEST(MaxAge, ItIsReadWhereverItStands) {
    for (const std::string_view header :
         {"max-age=60", "public, max-age=60", "public,max-age=60,immutable", " \tMAX-AGE=60 ", "max-age=\"60\"",
          "x=\"a,b\", max-age=60", "x=\"\\\"\", max-age=60", "max-age=060"})
        EXPECT_EQ(max_age(header), 60s) << header;
}

TEST(MaxAge, ANumberTooLargeToHoldIsVeryLong) {
    EXPECT_EQ(max_age("max-age=2147483649"), 2147483648s);
    EXPECT_EQ(max_age("max-age=99999999999999999999999999"), 2147483648s);
}

std::chrono::milliseconds refresh_after(std::optional<std::chrono::seconds> age, std::uint32_t random = 0) {
    return freshness(age, {}, random).refresh_after;
}

TEST(Freshness, ADocumentIsAskedForAgainAtItsMaxAge) {
    EXPECT_EQ(refresh_after(600s), 600s);
}

TEST(Freshness, NeverMoreOftenThanOnceAMinute) {
    EXPECT_EQ(refresh_after(0s), 60s);
    EXPECT_EQ(refresh_after(59s), 60s);
    EXPECT_EQ(refresh_after(61s), 61s);
    EXPECT_EQ(refresh_after(61s, most_random), 60s);
}

TEST(Freshness, AtLeastOnceADay) {
    EXPECT_EQ(refresh_after(86401s), 24h);
    EXPECT_EQ(refresh_after(2147483648s), 24h);
}

TEST(Freshness, AnHourWhenTheServerDoesNotSay) {
    EXPECT_EQ(refresh_after(std::nullopt), 1h);
}

TEST(Freshness, ChanceBringsTheRefreshForwardByUpToATenth) {
    EXPECT_EQ(refresh_after(1000s, 0), 1000s);
    EXPECT_EQ(refresh_after(1000s, most_random / 2), 950001ms);
    EXPECT_EQ(refresh_after(1000s, most_random), 900s);
}

TEST(Freshness, AStaleDocumentIsUsableForABoundedTimeWhateverTheChance) {
    EXPECT_EQ(freshness(600s, {}, 0).usable_for, 600s + 1h);
    EXPECT_EQ(freshness(600s, {}, most_random).usable_for, 600s + 1h);
    EXPECT_EQ(freshness(600s, {.stale = 0s}, most_random).usable_for, 600s);
    EXPECT_EQ(freshness(2147483648s, {}, 0).usable_for, 25h);
}

TEST(RetryDelay, ItDoublesFromASecondToAMinute) {
    EXPECT_EQ(retry_delay(1, 0), 1s);
    EXPECT_EQ(retry_delay(2, 0), 2s);
    EXPECT_EQ(retry_delay(3, 0), 4s);
    EXPECT_EQ(retry_delay(6, 0), 32s);
    EXPECT_EQ(retry_delay(7, 0), 60s);
    EXPECT_EQ(retry_delay(8, 0), 60s);
    EXPECT_EQ(retry_delay(std::numeric_limits<unsigned>::max(), 0), 60s);
}

TEST(RetryDelay, ChanceMakesItUpToHalfShorter) {
    EXPECT_EQ(retry_delay(1, most_random), 500ms);
    EXPECT_EQ(retry_delay(100, most_random), 30s);
}

TEST(Freshness, ACapHoldsWhateverTheServerSaysOrDoesNotSay) {
    const FreshnessBounds capped = FreshnessBounds().capped_at(30s);
    for (const std::optional<std::chrono::seconds> max_age :
         {std::optional<std::chrono::seconds>(86400s), std::optional<std::chrono::seconds>(60s),
          std::optional<std::chrono::seconds>()}) {
        EXPECT_EQ(freshness(max_age, capped, 0).refresh_after, 30s);
        EXPECT_EQ(freshness(max_age, capped, 0).usable_for, 30s + capped.stale);
    }
    EXPECT_EQ(freshness(0s, capped, 0).refresh_after, 30s);
    const FreshnessBounds high = FreshnessBounds().capped_at(24h);
    EXPECT_EQ(freshness(600s, high, 0).refresh_after, 600s);
    EXPECT_EQ(freshness(0s, high, 0).refresh_after, 60s);
}

}  // namespace
}  // namespace oauth::discovery
