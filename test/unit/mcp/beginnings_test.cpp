#include "mcp/beginnings.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "support/revisions.h"

namespace mcp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string_view> refused(const Revisions& served, const std::vector<std::string_view>& open) {
    const auto is_open = [&](std::string_view method) { return std::ranges::find(open, method) != open.end(); };
    return refused_beginnings(served, is_open, std::not_fn(is_open));
}

TEST(Beginnings, NobodyIsStoppedWhoIsNotLetIn) {
    EXPECT_THAT(refused(Revisions(), {}), IsEmpty());
    EXPECT_THAT(refused(Revisions(), {"notifications/initialized", "tools/list"}), IsEmpty());
    EXPECT_THAT(refused(only({"2026-07-28"}), {"initialize"}), IsEmpty());
}

TEST(Beginnings, WhoIsLetInAtTheFirstNeedsTheOthers) {
    EXPECT_THAT(refused(only({"2025-11-25"}), {"initialize"}), ElementsAre("notifications/initialized"));
    EXPECT_THAT(refused(only({"2026-07-28"}), {"server/discover"}), ElementsAre("subscriptions/listen"));
    EXPECT_THAT(refused(Revisions(), {"initialize", "notifications/initialized"}),
                ElementsAre("server/discover", "subscriptions/listen"));
    EXPECT_THAT(refused(Revisions(), {"server/discover", "subscriptions/listen"}),
                ElementsAre("initialize", "notifications/initialized"));
}

TEST(Beginnings, AMethodThatTheServerDoesNotHaveIsNoRefusal) {
    EXPECT_THAT(refused_beginnings(
                    Revisions(), [](std::string_view method) { return method == "initialize"; },
                    [](std::string_view method) { return method == "notifications/initialized"; }),
                ElementsAre("notifications/initialized"));
}

}  // namespace
}  // namespace mcp
