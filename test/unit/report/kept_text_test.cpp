#include "report/kept_text.h"

#include <gtest/gtest.h>

namespace report {
namespace {

KeptText::Clock::time_point time_now{};

KeptText::Clock::time_point now() noexcept {
    return time_now;
}

struct KeptTextTest : testing::Test {
    KeptText kept;
    int made = 0;
    std::chrono::milliseconds takes{2};

    std::string ask_at(std::chrono::milliseconds time) {
        time_now = KeptText::Clock::time_point(std::chrono::hours(1)) + time;
        return *kept.get(
            [&](std::size_t) {
                time_now += takes;
                return std::to_string(++made);
            },
            now);
    }
};

using std::chrono::milliseconds;

TEST_F(KeptTextTest, MakingItTakesATenthOfTheTimeAtTheMost) {
    EXPECT_EQ(ask_at(milliseconds(0)), "1");
    EXPECT_EQ(ask_at(milliseconds(2)), "1");
    EXPECT_EQ(ask_at(milliseconds(19)), "1");
    EXPECT_EQ(ask_at(milliseconds(20)), "2");
    EXPECT_EQ(ask_at(milliseconds(39)), "2");
}

TEST_F(KeptTextTest, WhoHasOneKeepsItWhenItIsMadeAnew) {
    time_now = {};
    const auto first = kept.get([](std::size_t) { return std::string("first"); }, now);
    EXPECT_EQ(ask_at(milliseconds(0)), "1");
    EXPECT_EQ(*first, "first");
}

TEST_F(KeptTextTest, ItIsFreedBeforeTheNextOneIsMade) {
    const std::weak_ptr<const std::string> first =
        kept.get([](std::size_t size) { return std::string(size == 0 ? "first" : ""); }, now);
    ASSERT_FALSE(first.expired());
    time_now += std::chrono::hours(1);
    const auto second = kept.get(
        [&](std::size_t size) { return std::string(first.expired() && size == 5 ? "second" : "two at once"); }, now);
    EXPECT_EQ(*second, "second");
}

TEST_F(KeptTextTest, WhatCouldNotBeMadeIsTriedAgain) {
    EXPECT_THROW(kept.get([](std::size_t) -> std::string { throw std::bad_alloc(); }, now), std::bad_alloc);
    EXPECT_EQ(ask_at(milliseconds(0)), "1");
}

}  // namespace
}  // namespace report
