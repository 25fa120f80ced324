#include "report/page/charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace report::page {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr milliseconds noon{1769860800000};  // 12:00
using Hour = std::array<MinuteCounts, LastHour::length>;

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        count++;
    return count;
}

TEST(EndOfAxis, IsARoundNumberWithAWholeHalf) {
    for (const auto& [most, end] :
         {std::pair{0, 2}, {1, 2}, {2, 2}, {3, 4}, {5, 10}, {11, 20}, {40, 40}, {99, 100}, {101, 200}})
        EXPECT_EQ(end_of_axis(static_cast<std::uint64_t>(most)), static_cast<std::uint64_t>(end));
}

TEST(DecisionsChart, SaysThatThereIsNothingYet) {
    const std::string picture = decisions_chart(Hour{}, noon);
    EXPECT_THAT(picture, HasSubstr("no request yet"));
    EXPECT_EQ(count_of(picture, "<rect"), 0U);
    EXPECT_THAT(picture, HasSubstr(">11:01</text>"));
    EXPECT_THAT(picture, HasSubstr(">12:00</text>"));
}

TEST(DecisionsChart, DrawsEachKindInItsMinuteAndSaysItInWords) {
    Hour hour{};
    hour[59] = {.passed = 3, .failed = 1, .refused = 2, .latencies = {}};
    hour[0] = {.passed = 1, .failed = 0, .refused = 0, .latencies = {}};
    const std::string picture = decisions_chart(hour, noon);
    EXPECT_EQ(count_of(picture, "<rect class=\"passed\""), 2U);
    EXPECT_EQ(count_of(picture, "<rect class=\"failed\""), 1U);
    EXPECT_EQ(count_of(picture, "<rect class=\"refused\""), 1U);
    EXPECT_THAT(picture, HasSubstr("<title>12:00: 3 passed, 1 failed, 2 refused</title>"));
    EXPECT_THAT(picture, HasSubstr("<title>11:01: 1 passed"));
    EXPECT_THAT(picture, HasSubstr("4 passed, 1 failed, 2 refused</desc>"));
    EXPECT_THAT(picture, Not(HasSubstr("style=")));
}

TEST(DecisionsChart, StaysInItsPictureWhateverIsCounted) {
    Hour hour{};
    for (auto& minute : hour)
        minute = {.passed = 4294967295U, .failed = 4294967295U, .refused = 1, .latencies = {}};
    const std::string picture = decisions_chart(hour, noon);
    EXPECT_THAT(picture, Not(HasSubstr("y=\"-")));
    EXPECT_LT(picture.size(), 60000U);
}

TEST(LatencyChart, DrawsAMinuteThatIsAloneAsPoints) {
    Hour hour{};
    hour[30].passed = 1;
    hour[30].latencies[1] = 1;
    const std::string picture = latency_chart(hour, noon);
    EXPECT_EQ(count_of(picture, "<circle"), 2U);
    EXPECT_THAT(picture, HasSubstr("<title>11:31: half within 15 ms, 95% within 20 ms</title>"));
    EXPECT_THAT(picture, HasSubstr(">100 ms</text>"));
    EXPECT_THAT(picture, Not(HasSubstr(">1 s</text>"))) << "no axis for what is not there";
}

TEST(LatencyChart, HasAnAxisForTheSlowest) {
    Hour hour{};
    hour[30].latencies.back() = 1;
    EXPECT_THAT(latency_chart(hour, noon), HasSubstr(">1000 s</text>"));
    EXPECT_THAT(latency_chart(Hour{}, noon), HasSubstr("no request yet"));
}

}  // namespace
}  // namespace report::page
