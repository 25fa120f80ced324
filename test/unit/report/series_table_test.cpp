#include "report/series_table.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <thread>
#include <vector>

namespace report {
namespace {

using Table = SeriesTable<std::atomic<std::uint64_t>, 8>;

std::map<std::uint64_t, std::uint64_t> values(const Table& table) {
    std::map<std::uint64_t, std::uint64_t> found;
    table.each([&](std::uint64_t key, const auto& value) { found[key] = value; });
    return found;
}

TEST(SeriesTable, EachKeyHasAValueOfItsOwn) {
    const auto table = std::make_unique<Table>();
    table->at(7) += 1;
    table->at(9) += 2;
    table->at(7) += 3;
    EXPECT_EQ(values(*table), (std::map<std::uint64_t, std::uint64_t>{{7, 4}, {9, 2}}));
    EXPECT_EQ(table->folded, 0U);
}

TEST(SeriesTable, KeysWithoutAPlaceShareOneAndAreCounted) {
    const auto table = std::make_unique<Table>();
    for (std::uint64_t key = 1; key <= Table::places; key++)
        table->at(key) += 1;
    for (std::uint64_t key = 100; key < 1100; key++)
        table->at(key) += 1;
    EXPECT_EQ(table->rest, 1000U);
    EXPECT_EQ(table->folded, 1000U);
    EXPECT_EQ(values(*table).size(), Table::places);
    table->at(3) += 1;
    EXPECT_EQ(values(*table).at(3), 2U) << "who has a place keeps it";
}

TEST(SeriesTable, NothingIsLostWhenAllCountTogether) {
    const auto table = std::make_unique<Table>();
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < 4; i++)
            workers.emplace_back([&] {
                for (std::uint64_t n = 0; n < 12'000; n++)
                    table->at(1 + n % 12).fetch_add(1);
            });
    }
    std::uint64_t sum = table->rest;
    for (const auto& [key, value] : values(*table)) {
        EXPECT_EQ(value, 4000U) << key;
        sum += value;
    }
    EXPECT_EQ(sum, 48'000U);
    EXPECT_EQ(table->folded, table->rest);
}

}  // namespace
}  // namespace report
