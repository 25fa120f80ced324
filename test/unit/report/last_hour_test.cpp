#include "report/last_hour.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace report {
namespace {

using Minutes = LastHour::Minutes;
using std::chrono::milliseconds;

struct LastHourTest : testing::Test {
    LastHourTest() : hour(*std::launder(reinterpret_cast<LastHour*>(bytes))) {}

    static mcp::Observation passing(milliseconds duration = milliseconds(15)) {
        mcp::Observation observation{.judgement = mcp::Judgement::pass, .http_method = "POST", .status = 200};
        observation.duration = duration;
        return observation;
    }
    MinuteCounts last(Minutes now) const { return hour.counts(now).back(); }

    alignas(64) unsigned char bytes[sizeof(LastHour)] = {};  // as shared memory is
    LastHour& hour;
};

mcp::Observation refused() {
    mcp::Observation observation;
    observation.judgement = mcp::Judgement::refuse;
    observation.status = 401;
    return observation;
}

TEST_F(LastHourTest, CountsRefusalsAndWhatPassedInTheirMinute) {
    hour.add(passing(), Minutes(100));
    hour.add(passing(), Minutes(101));
    hour.add(refused(), Minutes(101));
    const auto counts = hour.counts(Minutes(101));
    EXPECT_EQ(counts[59].passed, 1U);
    EXPECT_EQ(counts[59].refused, 1U);
    EXPECT_EQ(counts[58].passed, 1U);
    EXPECT_EQ(counts[57].total(), 0U);
}

TEST_F(LastHourTest, AMinuteOfAnHourAgoIsForgotten) {
    hour.add(passing(), Minutes(100));
    EXPECT_EQ(hour.counts(Minutes(159))[0].passed, 1U);
    for (const auto& minute : hour.counts(Minutes(160)))
        EXPECT_EQ(minute.total(), 0U);
    hour.add(passing(), Minutes(160));
    EXPECT_EQ(last(Minutes(160)).passed, 1U) << "in the same place of memory";
}

TEST_F(LastHourTest, AClockThatIsSetBackStopsNoCount) {
    hour.add(passing(), Minutes(160));
    hour.add(passing(), Minutes(100));
    EXPECT_EQ(last(Minutes(100)).passed, 1U);
    EXPECT_EQ(last(Minutes(160)).passed, 0U);
}

TEST_F(LastHourTest, AMinuteIsTheOneOfTheClock) {
    EXPECT_EQ(LastHour::minute_of(milliseconds(59999)), Minutes(0));
    EXPECT_EQ(LastHour::minute_of(milliseconds(60000)), Minutes(1));
    EXPECT_EQ(LastHour::minute_of(milliseconds(4102444800000)), Minutes(68374080)) << "2100-01-01";
}

TEST_F(LastHourTest, TheFirstMinuteOfTheClockCounts) {
    hour.add(passing(), Minutes(0));
    EXPECT_EQ(last(Minutes(0)).passed, 1U);
    EXPECT_EQ(hour.counts(Minutes(0))[58].total(), 0U);
}

TEST_F(LastHourTest, AnErrorOfTheBackendOrOfAToolIsAFailure) {
    mcp::Observation observation = passing();
    observation.status = 502;
    EXPECT_EQ(course_of(observation), Course::failed);
    observation.status = 200;
    EXPECT_EQ(course_of(observation), Course::passed);
    observation.cut_by = mcp::CutBy::client;
    EXPECT_EQ(course_of(observation), Course::passed) << "who leaves is not the backend";
    observation.is_received_whole = false;
    EXPECT_EQ(course_of(observation), Course::failed) << "a request that the client did not send whole";
    observation.is_received_whole = true;
    observation.cut_by = mcp::CutBy::backend;
    EXPECT_EQ(course_of(observation), Course::failed);
    observation.cut_by = mcp::CutBy::nobody;
    observation.judgement = mcp::Judgement::satisfied;
    EXPECT_EQ(course_of(observation), Course::passed);
    for (const auto kind : {mcp::Outcome::Kind::error, mcp::Outcome::Kind::tool_error}) {
        observation.operations = {{.method = "tools/list", .name = {}, .id = "1", .outcome = {}},
                                  {.method = "tools/call", .name = "x", .id = "2", .outcome = {.kind = kind}}};
        EXPECT_EQ(course_of(observation), Course::failed);
    }
    observation.operations[1].outcome.kind = mcp::Outcome::Kind::success;
    EXPECT_EQ(course_of(observation), Course::passed);
}

TEST_F(LastHourTest, APreflightIsNoRequestOfACaller) {
    mcp::Observation observation;
    observation.judgement = mcp::Judgement::preflight;
    hour.add(observation, Minutes(1));
    EXPECT_EQ(last(Minutes(1)).total(), 0U);
}

TEST_F(LastHourTest, MeasuresPostsAlone) {
    hour.add(passing(milliseconds(15)), Minutes(1));
    mcp::Observation stream = passing(std::chrono::hours(2));
    stream.http_method = "GET";
    hour.add(stream, Minutes(1));
    hour.add(refused(), Minutes(1));
    const Latencies latencies = last(Minutes(1)).latencies;
    EXPECT_EQ(latencies[1], 1U);
    EXPECT_EQ(std::ranges::count(latencies, 0U), static_cast<std::ptrdiff_t>(latencies.size() - 1));
}

TEST_F(LastHourTest, ABoundBelongsToItsBucket) {
    hour.add(passing(milliseconds(10)), Minutes(1));
    hour.add(passing(milliseconds(300001)), Minutes(1));
    const Latencies latencies = last(Minutes(1)).latencies;
    EXPECT_EQ(latencies.front(), 1U);
    EXPECT_EQ(latencies.back(), 1U);
}

TEST_F(LastHourTest, NoCountOfSeveralWritersIsLost) {
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; writer++)
        writers.emplace_back([this] {
            for (int i = 0; i < 10000; i++)
                hour.add(passing(), Minutes(static_cast<std::uint32_t>(1 + i / 5000)));
        });
    for (auto& writer : writers)
        writer.join();
    // A writer may be a minute behind the others, as it may be in life: each minute has a place of its own.
    EXPECT_EQ(hour.counts(Minutes(2))[58].passed, 20000U);
    EXPECT_EQ(last(Minutes(2)).passed, 20000U);
    EXPECT_EQ(last(Minutes(2)).latencies[1], 20000U);
}

TEST(Quantile, IsInterpolatedInItsBucket) {
    Latencies latencies{};
    EXPECT_EQ(quantile(latencies, 0.5), std::nullopt);
    latencies[1] = 10;  // 10 ms to 20 ms
    EXPECT_DOUBLE_EQ(*quantile(latencies, 0.5), 0.015);
    EXPECT_DOUBLE_EQ(*quantile(latencies, 1), 0.02);
    latencies[6] = 10;  // 0.5 s to 1 s
    EXPECT_DOUBLE_EQ(*quantile(latencies, 0.5), 0.02);
    EXPECT_DOUBLE_EQ(*quantile(latencies, 0.75), 0.75);
}

TEST(Quantile, OfWhatTakesLongerThanAllBoundsIsTheLastBound) {
    Latencies latencies{};
    latencies.back() = 3;
    EXPECT_DOUBLE_EQ(*quantile(latencies, 0.95), 300);
}

}  // namespace
}  // namespace report
