#include "report/metric_keys.h"

#include <gtest/gtest.h>

#include <set>

namespace report {
namespace {

TEST(MetricKeys, UnpackedTheyAreWhatTheyWere) {
    const OperationKey operation{.method = 129, .tool = 513, .error = ErrorKind::http, .number = 599, .resource = 65};
    EXPECT_EQ(OperationKey::unpack(operation.packed()), operation);
    EXPECT_EQ(OperationKey::unpack(rest_of_operations.packed()), rest_of_operations);
    const DecisionKey decision{.judgement = mcp::Judgement::preflight, .reason = 129, .resource = 65};
    EXPECT_EQ(DecisionKey::unpack(decision.packed()), decision);
    const FetchKey fetch{.kind = FetchKind::introspection, .server = 65, .succeeded = true};
    EXPECT_EQ(FetchKey::unpack(fetch.packed()), fetch);
}

TEST(MetricKeys, AreNeverThoseOfAFreePlace) {
    EXPECT_NE(OperationKey().packed(), 0U);
    EXPECT_NE(DecisionKey().packed(), 0U);
    EXPECT_NE(FetchKey().packed(), 0U);
}

TEST(MetricKeys, EveryMemberMakesAnotherKey) {
    const std::set<std::uint64_t> keys = {OperationKey().packed(),
                                          OperationKey{.method = 1}.packed(),
                                          OperationKey{.tool = 1}.packed(),
                                          OperationKey{.error = ErrorKind::tool_error}.packed(),
                                          OperationKey{.number = 1}.packed(),
                                          OperationKey{.resource = 1}.packed()};
    EXPECT_EQ(keys.size(), 6U);
}

}  // namespace
}  // namespace report
