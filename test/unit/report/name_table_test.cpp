#include "report/name_table.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace report {
namespace {

using Table = NameTable<16>;

struct NameTableTest : testing::Test {
    std::unique_ptr<Table> table = std::make_unique<Table>();
    Names names{*table};
};

TEST_F(NameTableTest, WhoLooksTakesNoPlace) {
    EXPECT_EQ(names.find("a"), std::nullopt);
    EXPECT_EQ(names.find("a"), std::nullopt);
    EXPECT_EQ(table->folded, 0U);
}

TEST_F(NameTableTest, ANameHasOnePlaceAndKeepsIt) {
    const auto place = names.take("get_weather");
    ASSERT_TRUE(place);
    EXPECT_EQ(names.take("get_weather"), place);
    EXPECT_EQ(names.find("get_weather"), place);
    EXPECT_EQ(names.text(*place), "get_weather");
    EXPECT_NE(names.take("get_weathe"), place);
}

TEST_F(NameTableTest, TextsOfEveryLengthComeBackAsTheyWere) {
    for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 127U, 128U}) {
        const std::string text(size, 'x');
        const auto place = names.take(text);
        ASSERT_TRUE(place) << size;
        EXPECT_EQ(names.text(*place), text);
    }
    EXPECT_EQ(names.take(std::string(129, 'x')), std::nullopt) << "no label";
}

TEST_F(NameTableTest, WhatFindsNoRoomIsCountedAndTakesNothingFromOthers) {
    std::set<std::size_t> places;
    for (std::size_t i = 0; i < Table::places; i++)
        places.insert(names.take("name " + std::to_string(i)).value());
    EXPECT_EQ(places.size(), Table::places);
    for (std::size_t i = 0; i < 1000; i++)
        EXPECT_EQ(names.take("another " + std::to_string(i)), std::nullopt);
    EXPECT_EQ(table->folded, 1000U);
    for (std::size_t i = 0; i < Table::places; i++)
        EXPECT_TRUE(names.find("name " + std::to_string(i))) << i;
}

// As a worker leaves it that is killed after it has taken a place and before it has written what for.
TEST_F(NameTableTest, APlaceWithoutATextGetsItFromWhoeverNeedsItNext) {
    const auto place = names.take("tool");
    ASSERT_TRUE(place);
    for (auto& word : table->texts.at(*place).words)
        word = 0;
    table->texts.at(*place).size_and_1 = 0;
    EXPECT_EQ(names.text(*place), "") << "until then it has none";
    EXPECT_EQ(names.find("tool"), place);
    EXPECT_EQ(names.text(*place), "tool");
}

TEST_F(NameTableTest, OfTwoTextsWithOneHashTheSecondHasNoPlace) {
    const auto place = names.take("tool");
    ASSERT_TRUE(place);
    table->texts.at(*place).words.at(0) = 0x21;  // the place of another text that has the same hash
    table->texts.at(*place).size_and_1 = 2;
    EXPECT_EQ(names.find("tool"), std::nullopt);
    EXPECT_EQ(names.take("tool"), std::nullopt);
    EXPECT_EQ(names.text(*place), "!");
}

TEST_F(NameTableTest, ProcessesThatTakeTheSameNamesTogetherAgree) {
    constexpr std::size_t threads = 4;
    std::vector<std::vector<std::size_t>> found(threads);
    {
        std::vector<std::jthread> workers;
        for (auto& own : found)
            workers.emplace_back([&] {
                for (int i = 0; i < 16; i++)
                    own.push_back(Names(*table).take("name " + std::to_string(i)).value_or(99));
            });
    }
    for (const auto& own : found)
        EXPECT_EQ(own, found.front());
    EXPECT_EQ(std::set<std::size_t>(found.front().begin(), found.front().end()).size(), 16U);
    for (std::size_t i = 0; i < 16; i++)
        EXPECT_EQ(names.text(found.front().at(i)), "name " + std::to_string(i));
}

}  // namespace
}  // namespace report
