#include "authority/turn_rule.h"

#include <gtest/gtest.h>

#include <optional>

namespace authority {
namespace {

using Time = TurnRule::Time;
using Step = TurnRule::Step;

constexpr Time arrived = std::chrono::seconds(100);
constexpr Time long_ago = std::chrono::seconds(50);
constexpr Time answer = std::chrono::seconds(3);
constexpr Time last_moment = arrived + TurnRule::interval + answer;
constexpr Time none(0), some = std::chrono::seconds(2);
constexpr Time tick(1);

const TurnRule new_token(arrived, arrived, answer);
const TurnRule known_token(arrived, long_ago, answer);

TEST(TurnRule, KeysThatWereAskedForBeforeTheTokenCameNeverCallItBad) {
    for (const Time to_turn : {none, some})
        for (const Time now :
             {arrived, arrived + TurnRule::interval, last_moment - tick, last_moment, last_moment + some})
            EXPECT_NE(new_token.next(arrived - tick, to_turn, now), Step::judge);
}

TEST(TurnRule, NorDoKeysThatWereAskedForBeforeItCameTheFirstTime) {
    for (const Time to_turn : {none, some})
        for (const Time now : {arrived, last_moment, last_moment + some})
            EXPECT_NE(known_token.next(long_ago - tick, to_turn, now), Step::judge);
}

TEST(TurnRule, WithoutKeysNothingIsJudged) {
    EXPECT_EQ(known_token.next(std::nullopt, none, arrived), Step::ask);
    EXPECT_EQ(known_token.next(std::nullopt, some, arrived), Step::wait);
    EXPECT_EQ(known_token.next(std::nullopt, some, last_moment), Step::give_up);
}

TEST(TurnRule, NobodyAsksBeforeItsTurn) {
    for (const Time to_turn : {tick, some, TurnRule::interval})
        for (const TurnRule& rule : {new_token, known_token})
            EXPECT_NE(rule.next(long_ago - tick, to_turn, arrived), Step::ask);
}

TEST(TurnRule, NobodyBeginsToWaitWhenItsTimeIsOver) {
    for (const Time to_turn : {none, some}) {
        EXPECT_NE(new_token.next(long_ago, to_turn, last_moment - tick), Step::give_up);
        EXPECT_EQ(new_token.next(long_ago, to_turn, last_moment), Step::give_up);
        EXPECT_EQ(new_token.longest_pause(to_turn, last_moment), none);
        EXPECT_EQ(new_token.longest_pause(to_turn, last_moment + some), none);
    }
}

TEST(TurnRule, NobodyWaitsLongerThanForItsTurnAndOneAnswer) {
    EXPECT_EQ(new_token.longest_pause(none, arrived), answer);
    EXPECT_EQ(new_token.longest_pause(some, arrived), some + answer);
    EXPECT_EQ(new_token.longest_pause(TurnRule::interval, arrived), TurnRule::interval + answer);
    EXPECT_EQ(new_token.longest_pause(TurnRule::interval, arrived + some), TurnRule::interval + answer - some);
    EXPECT_EQ(new_token.longest_pause(none, last_moment - tick), tick);
}

TEST(TurnRule, WhoMayAskDoesSoEvenWithATokenThatHasBeenThereBefore) {
    EXPECT_EQ(known_token.next(arrived - tick, none, arrived), Step::ask);
    EXPECT_EQ(new_token.next(arrived - tick, none, arrived), Step::ask);
}

TEST(TurnRule, WhoMayNotAskYetWaits) {
    EXPECT_EQ(new_token.next(arrived - tick, some, arrived), Step::wait);
}

TEST(TurnRule, ATokenThatComesAgainIsJudgedAtOnceByKeysThatWereAskedForSinceItCameFirst) {
    EXPECT_EQ(known_token.next(long_ago, some, arrived), Step::judge);
    EXPECT_EQ(known_token.next(arrived - tick, some, arrived), Step::judge);
}

TEST(TurnRule, KeysThatWereAskedForWhenTheRequestWasThereJudgeItsToken) {
    for (const Time to_turn : {none, some})
        for (const Time now : {arrived, last_moment, last_moment + some})
            EXPECT_EQ(new_token.next(arrived, to_turn, now), Step::judge);
}

TEST(TurnRule, WhatAnOperatorHasPutThereJudgesAlways) {
    EXPECT_EQ(new_token.next(Time::max(), none, arrived), Step::judge);
}

}  // namespace
}  // namespace authority
