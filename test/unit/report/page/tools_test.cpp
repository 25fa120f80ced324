#include "report/page/tools.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "report/metrics.h"

namespace report::page {
namespace {

using std::chrono::milliseconds;

struct ToolsTest : testing::Test {
    void call(std::string name, mcp::Outcome::Kind kind, milliseconds duration, int times = 1) {
        mcp::Observation observation{.judgement = mcp::Judgement::pass, .resource = "https://mcp.example.com/mcp"};
        observation.operations.push_back({.method = "tools/call",
                                          .name = std::move(name),
                                          .id = "1",
                                          .outcome = {.kind = kind},
                                          .duration = duration});
        observation.operations_known = true;
        observation.status = 200;
        observation.http_method = "POST";
        for (int i = 0; i < times; i++)
            Metrics(*block).count(observation);
    }

    struct Free {
        void operator()(MetricsBlock* memory) const { std::free(memory); }
    };
    static MetricsBlock* zeroed() {
        void* memory = std::aligned_alloc(64, (sizeof(MetricsBlock) + 63) / 64 * 64);
        std::memset(memory, 0, sizeof(MetricsBlock));
        return static_cast<MetricsBlock*>(memory);
    }
    std::unique_ptr<MetricsBlock, Free> block{zeroed()};
};

using Kind = mcp::Outcome::Kind;

TEST_F(ToolsTest, ThereAreNoneBeforeACall) {
    EXPECT_TRUE(tools_of(*block).empty());
}

TEST_F(ToolsTest, CallsOfAToolAreOneWhateverCameOfThem) {
    call("echo", Kind::success, milliseconds(15), 8);
    call("echo", Kind::tool_error, milliseconds(15), 2);
    call("slow", Kind::success, milliseconds(900));
    const auto tools = tools_of(*block);
    ASSERT_EQ(tools.size(), 2U);
    EXPECT_EQ(tools[0].name, "echo");
    EXPECT_EQ(tools[0].method, "tools/call");
    EXPECT_EQ(tools[0].calls, 10U);
    EXPECT_EQ(tools[0].errors, 2U);
    EXPECT_NEAR(*tools[0].p95, 0.0195, 1e-9);
    EXPECT_EQ(tools[1].name, "slow");
    EXPECT_EQ(tools[1].errors, 0U);
}

TEST_F(ToolsTest, InventedNamesAreOne) {
    call("echo", Kind::success, milliseconds(15));
    for (int i = 0; i < 1000; i++)
        call("invented-" + std::to_string(i), Kind::error, milliseconds(1));
    const auto tools = tools_of(*block);
    ASSERT_EQ(tools.size(), 2U);
    EXPECT_EQ(tools[0].name, "other");
    EXPECT_EQ(tools[0].calls, 1000U);
}

TEST_F(ToolsTest, ThereIsAnEndToThem) {
    for (int i = 0; i < 300; i++)
        call("tool-" + std::to_string(i), Kind::success, milliseconds(1), i < 2 ? 5 : 1);
    const auto tools = tools_of(*block);
    EXPECT_EQ(tools.size(), most_tools);
    EXPECT_EQ(tools[0].calls, 5U);
}

TEST_F(ToolsTest, ThoseCalledAsOftenAreInTheOrderOfTheirNames) {
    for (const char* name : {"c", "a", "d", "b"})
        call(name, Kind::success, milliseconds(1), *name == 'd' ? 2 : 1);
    std::string names;
    for (const auto& tool : tools_of(*block))
        names += tool.name;
    EXPECT_EQ(names, "dabc");
}

}  // namespace
}  // namespace report::page
