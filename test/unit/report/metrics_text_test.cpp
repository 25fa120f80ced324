#include "report/metrics_text.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "report/label.h"
#include "report/metrics.h"
#include "report/published_text.h"

namespace report {
namespace {

// As long as a label may be, and each byte but the first ones is escaped.
std::string longest(int number) {
    return (std::to_string(number) + std::string(longest_label, '"')).substr(0, longest_label);
}

bool is_living(std::int64_t /*process*/) noexcept {
    return true;
}

// Every place is taken by the longest name there is.
TEST(MetricsText, TheLongestHasRoomWhereAllWorkersTakeItFrom) {
    const auto block = std::make_unique<MetricsBlock>();
    Metrics metrics(*block);
    for (int i = 0; i < 1000; i++) {
        const std::string resource = longest(i % 60);
        mcp::Observation observation;
        observation.judgement = mcp::Judgement::pass;
        observation.resource = resource;
        observation.http_method = "POST";
        observation.status = 200;
        observation.operations_known = true;
        observation.operations = {{.method = "tools/call",
                                   .name = longest(i),
                                   .outcome = {.kind = mcp::Outcome::Kind::success},
                                   .duration = std::chrono::hours(i)}};
        metrics.count(observation);
    }
    Surroundings surroundings;
    for (int i = 0; i < 1000; i++)
        surroundings.keys.push_back({longest(i), std::chrono::hours(100'000)});
    const std::string text = metrics_text(*block, surroundings, ExpositionFormat::openmetrics, is_living);
    EXPECT_GT(text.size(), 4'000'000U) << "the places are taken";
    EXPECT_LT(text.size(), PublishedText::room);
}

}  // namespace
}  // namespace report
