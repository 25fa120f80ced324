// What failed, where no answer of the MCP server says so, or says it badly.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "report/metrics.h"
#include "report/metrics_text.h"
#include "support/scraped.h"

namespace report {
namespace {

using Kind = mcp::Outcome::Kind;

struct MetricsOfFailures : testing::Test {
    std::unique_ptr<MetricsBlock> block = std::make_unique<MetricsBlock>();
    Metrics metrics{*block};
    mcp::Observation observation;

    MetricsOfFailures() {
        metrics.reserve_methods();
        observation.judgement = mcp::Judgement::pass;
        observation.http_method = "POST";
        observation.status = 200;
        observation.operations_known = true;
    }

    void add(std::string tool, mcp::Outcome outcome) {
        observation.operations.push_back({.method = "tools/call", .name = std::move(tool), .outcome = outcome});
    }
    scraped::Text scrape() const {
        const auto nobody_lives = [](std::int64_t) noexcept { return false; };
        return scraped::Text(metrics_text(*block, {}, ExpositionFormat::openmetrics, nobody_lives), true);
    }
    double failed(const std::string& tool, const std::string& error, const std::string& code = "") const {
        const scraped::Labels labels = {{"mcp_method_name", "tools/call"},
                                        {"gen_ai_tool_name", tool},
                                        {"error_type", error},
                                        {"rpc_response_status_code", code},
                                        {"mcp_resource", ""}};
        const std::string_view name = "mcp_server_operation_duration_seconds_count";
        const auto text = scrape();
        return text.has(name, labels) ? text.value(name, labels) : 0;
    }
};

TEST_F(MetricsOfFailures, WhatWasNotSentWholeIsAnErrorAsLongAsNoAnswerWasSeen) {
    add("x", {});
    add("y", {.kind = Kind::success});
    for (const auto who : {mcp::CutBy::client, mcp::CutBy::backend}) {
        observation.cut_by = who;
        metrics.count(observation);
    }
    EXPECT_EQ(failed("other", "499"), 1);
    EXPECT_EQ(failed("other", "502"), 1);
    EXPECT_EQ(failed("y", ""), 2);
}

TEST_F(MetricsOfFailures, AnErrorWithoutACodeIsOther) {
    add("x", {.kind = Kind::error});
    metrics.count(observation);
    EXPECT_EQ(failed("other", "other", "other"), 1);
}

TEST_F(MetricsOfFailures, WhatAnotherRuleLetInIsAnOperationAndNoRefusal) {
    add("x", {.kind = Kind::success});
    observation.judgement = mcp::Judgement::satisfied;
    observation.reason = "credentials_missing";
    metrics.count(observation);
    EXPECT_EQ(failed("x", ""), 1);
    EXPECT_EQ(scrape().value("mcp_decisions_total",
                             {{"decision", "satisfied"}, {"reason", "credentials_missing"}, {"mcp_resource", ""}}),
              1);
}

}  // namespace
}  // namespace report
