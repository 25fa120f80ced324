#include "mcp/reserved_headers.h"

#include <gtest/gtest.h>

#include <string_view>

namespace mcp {
namespace {

TEST(ReservedHeadersTest, WhatMeansSomethingIsKnownInEverySpelling) {
    for (const std::string_view name : {"Host", "host", "Content-Type", "content_type", "Mcp.Session.Id", "Cookie",
                                        "X-Forwarded-For", "x_forwarded_for", "X-Original-URL", "Proxy-Authorization"})
        EXPECT_TRUE(has_own_meaning(name)) << name;
    for (const std::string_view name : {"X-User", "X-Forwarded-User", "Hosts", ""})
        EXPECT_FALSE(has_own_meaning(name)) << name;
}

}  // namespace
}  // namespace mcp
