#include "mcp/methods.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mcp {
namespace {

TEST(MethodsTest, APatternMeansSomethingWhenAMethodOfMcpMatches) {
    for (const std::string_view glob : {"tools/call", "*", "*/list", "tasks/*", "pin?", "server/discover"})
        EXPECT_TRUE(matches_known_method(glob)) << glob;
}

TEST(MethodsTest, WhatIsMisspeltMatchesNone) {
    for (const std::string_view glob : {"tool/call", "tools/calls", "Tools/*", "tools", "delete_*", ""})
        EXPECT_FALSE(matches_known_method(glob)) << glob;
}

TEST(MethodsTest, WhatDoesOrShowsSomethingIsAMethodOfMcp) {
    EXPECT_EQ(std::ranges::count_if(known_methods(), is_acting), 11);
    for (const std::string_view method : {"tools/call", "resources/read", "prompts/get", "completion/complete"})
        EXPECT_TRUE(is_acting(method)) << method;
    for (const std::string_view method :
         {"initialize", "ping", "tools/list", "notifications/initialized", "subscriptions/listen", "own/method", ""})
        EXPECT_FALSE(is_acting(method)) << method;
}

}  // namespace
}  // namespace mcp
