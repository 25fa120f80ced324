#include "oauth/expected_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace oauth {
namespace {

TEST(ExpectedCacheTest, ATextIsReadOnce) {
    ExpectedCache cache;
    const auto first = cache.read("3", Notation::json, Operator::eq);
    ASSERT_TRUE(first);
    EXPECT_EQ(cache.read("3", Notation::json, Operator::eq), first);
    EXPECT_EQ(cache.size(), 1U);
}

TEST(ExpectedCacheTest, TheSameTextInAnotherNotationIsSomethingElse) {
    ExpectedCache cache;
    const auto number = json::Document::parse("3");
    const auto as_json = cache.read("3", Notation::json, Operator::eq);
    const auto as_text = cache.read("3", Notation::text, Operator::eq);
    ASSERT_TRUE(as_json && as_text);
    EXPECT_TRUE(compare(number->root(), {Operator::eq}, **as_json));
    EXPECT_FALSE(compare(number->root(), {Operator::eq}, **as_text));
}

TEST(ExpectedCacheTest, TheSameTextForAnotherOperatorIsSomethingElse) {
    ExpectedCache cache;
    const auto claim = json::Document::parse(R"("aab")");
    const auto equal = cache.read("a+b", Notation::text, Operator::eq);
    const auto match = cache.read("a+b", Notation::text, Operator::match);
    ASSERT_TRUE(equal && match);
    EXPECT_FALSE(compare(claim->root(), {Operator::eq}, **equal));
    EXPECT_TRUE(compare(claim->root(), {Operator::match}, **match));
}

TEST(ExpectedCacheTest, WhatCannotBeReadIsRefusedEachTime) {
    ExpectedCache cache;
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ(cache.read("[", Notation::json, Operator::eq).error(), Mismatch::expected_not_json);
        EXPECT_EQ(cache.read("[", Notation::text, Operator::match).error(), Mismatch::pattern_invalid);
        EXPECT_EQ(cache.read(std::string(5000, 'a'), Notation::text, Operator::eq).error(),
                  Mismatch::expected_too_large);
    }
    EXPECT_EQ(cache.size(), 0U);
}

TEST(ExpectedCacheTest, TextsOfClientsTakeABoundedMemory) {
    ExpectedCache cache;
    for (int i = 0; i < 10'000; i++)
        ASSERT_TRUE(cache.read(std::to_string(i) + "[a-z]{1,20}", Notation::text, Operator::match));
    EXPECT_LE(cache.size(), ExpectedCache::default_limits.max_entries);
    ExpectedCache small({.max_entries = 100, .max_bytes = 2000});
    for (int i = 0; i < 100; i++)
        ASSERT_TRUE(small.read(std::to_string(i) + std::string(500, 'a'), Notation::text, Operator::eq));
    EXPECT_LT(small.size(), 4U);
}

TEST(ExpectedCacheTest, WhatIsLargerThanTheCacheIsUsedAndNotKept) {
    ExpectedCache cache({.max_entries = 100, .max_bytes = 100});
    EXPECT_TRUE(cache.read(std::string(500, 'a'), Notation::text, Operator::eq));
    EXPECT_EQ(cache.size(), 0U);
}

}  // namespace
}  // namespace oauth
