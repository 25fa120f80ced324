#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "authority/question_limits.h"

namespace authority {
namespace {

using Place = QuestionCounts::Place;

const QuestionLimits limits{.per_server = 3, .per_client = 2, .total = 4, .waiting = 1};
const base::Sha256 server{1}, other_server{2};

TEST(QuestionCountsTest, OneClientTakesNoMoreThanItsShareWhomeverItAsks) {
    QuestionCounts counts;
    const Place first = counts.take(limits, server, "a");
    const Place second = counts.take(limits, other_server, "a");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(counts.take(limits, server, "a"));
    EXPECT_TRUE(counts.take(limits, server, "b"));
}

TEST(QuestionCountsTest, OneServerIsAskedNoMoreThanItsShareWhoeverAsks) {
    QuestionCounts counts;
    const Place first = counts.take(limits, server, "a");
    const Place second = counts.take(limits, server, "b");
    const Place third = counts.take(limits, server, "c");
    EXPECT_TRUE(first && second && third);
    EXPECT_FALSE(counts.take(limits, server, "d"));
    EXPECT_TRUE(counts.take(limits, other_server, "d"));
}

TEST(QuestionCountsTest, InAllThereAreNoMoreThanTheTotal) {
    QuestionCounts counts;
    std::vector<Place> places;
    for (const char client : {'a', 'b', 'c', 'd'})
        places.push_back(counts.take(limits, base::Sha256{static_cast<unsigned char>(client)}, std::string(1, client)));
    EXPECT_TRUE(places.back());
    EXPECT_FALSE(counts.take(limits, other_server, "e"));
}

TEST(QuestionCountsTest, APlaceIsFreeAgainWhenItsOwnerLeavesOrEnds) {
    QuestionCounts counts;
    std::optional<Place> first = counts.take(limits, server, "a");
    Place second = counts.take(limits, server, "a");
    EXPECT_FALSE(counts.take(limits, server, "a"));
    first.reset();
    EXPECT_TRUE(counts.take(limits, server, "a"));
    second = {};
    EXPECT_FALSE(second);
    const Place third = counts.take(limits, server, "a");
    const Place fourth = counts.take(limits, server, "a");
    EXPECT_TRUE(third && fourth);
    EXPECT_FALSE(counts.take(limits, server, "a"));
}

TEST(QuestionCountsTest, APlaceThatMovesIsCountedOnce) {
    QuestionCounts counts;
    Place first = counts.take(limits, server, "a");
    Place second = std::move(first);
    Place third = counts.take(limits, server, "a");
    third = std::move(second);
    EXPECT_TRUE(counts.take(limits, server, "a"));
}

TEST(QuestionCountsTest, WhatIsRefusedCountsForNobody) {
    QuestionCounts counts;
    {
        const Place first = counts.take(limits, server, "a");
        const Place second = counts.take(limits, server, "a");
        for (int i = 0; i < 10; i++)
            EXPECT_FALSE(counts.take(limits, other_server, "a"));
    }
    const Place one = counts.take(limits, other_server, "b");
    const Place two = counts.take(limits, other_server, "c");
    const Place three = counts.take(limits, other_server, "d");
    EXPECT_TRUE(one && two && three);
}

TEST(QuestionCountsTest, OneClientTakesAQuarterOfThePlacesForThoseWhoWait) {
    QuestionCounts counts;
    const QuestionLimits eight{.waiting = 8};
    const Place first = counts.take_waiting(eight, "a");
    const Place second = counts.take_waiting(eight, "a");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(counts.take_waiting(eight, "a"));
    EXPECT_TRUE(counts.take_waiting(eight, "b"));
    EXPECT_TRUE(counts.take(eight, server, "a"));
}

TEST(QuestionCountsTest, NoMoreWaitThanMay) {
    QuestionCounts counts;
    const QuestionLimits two{.waiting = 2};
    std::optional<Place> first = counts.take_waiting(two, "a");
    const Place second = counts.take_waiting(two, "b");
    EXPECT_TRUE(*first && second);
    EXPECT_FALSE(counts.take_waiting(two, "c"));
    first.reset();
    EXPECT_TRUE(counts.take_waiting(two, "c"));
}

// Who waits until somebody may be asked costs nothing, and so many come: the other places are for the others.
TEST(QuestionCountsTest, ThoseWhoWaitForTheirTurnHaveAQuarterOfThePlaces) {
    QuestionCounts counts;
    const QuestionLimits limits_of_32{.waiting = 32};
    std::vector<Place> places;
    for (const char* client : {"a", "a", "b", "b", "c", "c", "d", "d"})
        places.push_back(counts.take_waiting_for_turn(limits_of_32, client));
    for (const Place& place : places)
        EXPECT_TRUE(place);
    EXPECT_FALSE(counts.take_waiting_for_turn(limits_of_32, "e"));
    EXPECT_TRUE(counts.take_waiting(limits_of_32, "e"));
    places.pop_back();
    EXPECT_TRUE(counts.take_waiting_for_turn(limits_of_32, "e"));
}

TEST(QuestionCountsTest, AndOneClientAQuarterOfThose) {
    QuestionCounts counts;
    const QuestionLimits limits_of_32{.waiting = 32};
    const Place first = counts.take_waiting_for_turn(limits_of_32, "a");
    const Place second = counts.take_waiting_for_turn(limits_of_32, "a");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(counts.take_waiting_for_turn(limits_of_32, "a"));
    EXPECT_TRUE(counts.take_waiting(limits_of_32, "a"));
    EXPECT_TRUE(counts.take_waiting_for_turn(limits_of_32, "b"));
}

TEST(QuestionCountsTest, AndWhereNobodyMayWaitNobodyWaitsForATurn) {
    QuestionCounts counts;
    const QuestionLimits none{.waiting = 0};
    EXPECT_FALSE(counts.take_waiting_for_turn(none, "a"));
}

}  // namespace
}  // namespace authority
