#include "authority/doubtful_tokens.h"

#include <gtest/gtest.h>

#include <string>

namespace authority {
namespace {

using Time = DoubtfulTokens::Time;

TEST(DoubtfulTokens, OneThatComesAgainWasFirstSeenWhenItCameFirst) {
    DoubtfulTokens tokens;
    EXPECT_EQ(tokens.first_seen("a", Time(1)), Time(1));
    EXPECT_EQ(tokens.first_seen("b", Time(2)), Time(2));
    EXPECT_EQ(tokens.first_seen("a", Time(3)), Time(1));
    EXPECT_EQ(tokens.first_seen("a.", Time(4)), Time(4));
}

TEST(DoubtfulTokens, SomeThousandsAreRemembered) {
    DoubtfulTokens tokens;
    for (int i = 0; i < 4096; ++i)
        tokens.first_seen(std::to_string(i), Time(i));
    EXPECT_EQ(tokens.first_seen("0", Time(9999)), Time(0));
    tokens.first_seen("one more", Time(9999));
    EXPECT_EQ(tokens.first_seen("1", Time(9999)), Time(9999));
}

}  // namespace
}  // namespace authority
