#include "authority/doubtful_tokens.h"

#include <gtest/gtest.h>

#include <string>

namespace authority {
namespace {

using oauth::Error;
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

TEST(DoubtfulTokens, OnlyWhatAnotherKeyCouldMakeGoodIsInDoubt) {
    for (const Error error :
         {Error::key_not_found, Error::signature_invalid, Error::signature_malformed, Error::too_many_candidate_keys})
        EXPECT_TRUE(depends_on_keys(error));
    for (const Error error :
         {Error::expired, Error::algorithm_not_allowed, Error::token_not_compact_jws, Error::kid_missing,
          Error::header_invalid, Error::keys_unavailable, Error::internal, Error::out_of_memory})
        EXPECT_FALSE(depends_on_keys(error));
}

}  // namespace
}  // namespace authority
