#include "mcp/methods.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace mcp
