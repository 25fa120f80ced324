#include "mcp/revisions.h"

#include <gtest/gtest.h>

#include "support/revisions.h"

namespace mcp {
namespace {

// SPEC 35
TEST(RevisionsTest, WhatIsNoRevisionGetsTheStricterRules) {
    EXPECT_TRUE(is_modern("2026-07-28"));
    EXPECT_TRUE(is_modern("2027-01-01"));
    EXPECT_FALSE(is_modern("2025-11-25"));
    EXPECT_TRUE(is_modern("2025-11-25, 2026-07-28"));
    EXPECT_TRUE(is_modern(""));
}

TEST(RevisionsTest, WithoutAListAllAreServedAndThoseThatNobodyKnowsYet) {
    const Revisions all;
    EXPECT_FALSE(all.is_limited());
    for (const std::string_view version : {"2024-11-05", "2026-07-28", "2031-01-01", "draft", ""})
        EXPECT_TRUE(all.includes(version)) << version;
    EXPECT_TRUE(all.includes(Era::legacy));
    EXPECT_TRUE(all.includes(Era::modern));
    EXPECT_EQ(all.names(", ", ""), "");
}

TEST(RevisionsTest, AListIsExact) {
    const Revisions two = only({"2026-07-28", "2025-06-18"});
    EXPECT_TRUE(two.is_limited());
    EXPECT_TRUE(two.includes("2026-07-28"));
    EXPECT_TRUE(two.includes("2025-06-18"));
    for (const std::string_view version : {"2025-11-25", "2031-01-01", "draft", "", "2025-06-18 ", "2025-06-1"})
        EXPECT_FALSE(two.includes(version)) << version;
    EXPECT_EQ(two.names(",", "\""), R"("2026-07-28","2025-06-18")");
}

TEST(RevisionsTest, AnEraIsServedWhenOneOfItsRevisionsIs) {
    EXPECT_TRUE(only({"2024-11-05"}).includes(Era::legacy));
    EXPECT_FALSE(only({"2024-11-05", "2025-11-25"}).includes(Era::modern));
    EXPECT_FALSE(only({"2026-07-28"}).includes(Era::legacy));
}

TEST(RevisionsTest, OnlyKnownRevisionsAreListedAndOnce) {
    Revisions revisions;
    for (const std::string_view text : {"2025-11-26", "2031-01-01", "dual", "", "2025-11-25,2026-07-28"})
        EXPECT_EQ(revisions.add(text), Revisions::Added::unknown) << text;
    EXPECT_FALSE(revisions.is_limited());
    EXPECT_EQ(revisions.add("2025-11-25"), Revisions::Added::added);
    EXPECT_EQ(revisions.add("2025-11-25"), Revisions::Added::again);
}

}  // namespace
}  // namespace mcp
