#include "shared/limit_table.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace shared {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using Space = LimitUse::Space;

constexpr std::uint64_t seed = 0x9E37'79B9'7F4A'7C15;
constexpr microseconds start = 1000h;

const mcp::Rate three_a_minute{.requests = 3, .period = 1min, .algorithm = mcp::LimitAlgorithm::fixed_window};
const mcp::Rate once_an_hour{.requests = 1, .period = 1h};

// Not a SHA-256, but as well spread.
base::Sha256 key_of(std::uint64_t number) {
    std::mt19937_64 random(number);
    base::Sha256 key{};
    for (std::size_t at = 0; at < key.size(); at += sizeof(std::uint64_t)) {
        const std::uint64_t part = random();
        std::memcpy(key.data() + at, &part, sizeof(part));
    }
    return key;
}

LimitUse use_of(std::uint64_t number, const mcp::Rate& rate = three_a_minute, Space space = Space::known) {
    return {.key = key_of(number), .rate = &rate, .space = space};
}

class LimitTableTest : public testing::Test {
protected:
    LimitTable open(std::size_t kilobytes) {
        chunks_.assign(kilobytes * 1024 / sizeof(Chunk), Chunk{});
        return reopen();
    }
    LimitTable reopen() { return LimitTable::open(memory(), seed); }
    std::span<std::byte> memory() { return std::as_writable_bytes(std::span(chunks_)); }

    LimitTable::Taken take_all(LimitTable& table, std::span<const LimitUse> uses, microseconds now = start) {
        room_.fit(uses);
        return table.take(uses, room_, now);
    }
    bool take(LimitTable& table, const LimitUse& use, microseconds now = start) {
        return take_all(table, std::span(&use, 1), now).all_passed;
    }
    std::uint64_t remaining(LimitTable& table, LimitUse use, microseconds now = start) {
        use.units = 0;
        take(table, use, now);
        return room_.result(0).remaining;
    }

    LimitTable::Room room_;

private:
    struct alignas(64) Chunk {
        std::byte bytes[64];
    };
    std::vector<Chunk> chunks_;
};

TEST_F(LimitTableTest, EachKeyIsCountedForItself) {
    auto table = open(64);
    for (std::uint64_t round = 0; round < 6; ++round) {
        for (std::uint64_t i = 0; i < 50; ++i)
            EXPECT_EQ(take(table, use_of(i)), round < 3) << i;
    }
    EXPECT_TRUE(take(table, use_of(7), start + 1min));
}

TEST_F(LimitTableTest, ARefusalOfOneLimitCountsInNoneAndTakesNoSlot) {
    auto table = open(64);
    const std::vector<LimitUse> uses{use_of(1), use_of(2, once_an_hour), use_of(3)};
    EXPECT_TRUE(take_all(table, uses).all_passed);
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(take_all(table, uses).all_passed);
        EXPECT_EQ(room_.result(0).remaining, 2U);
        EXPECT_TRUE(room_.result(0).allowed);
        EXPECT_EQ(room_.result(1).retry_after, 1h);
        EXPECT_EQ(room_.result(2).remaining, 2U);
    }
    const std::vector<LimitUse> others{use_of(4), use_of(2, once_an_hour)};
    const auto before = table.counters(Space::known, start).entries;
    EXPECT_FALSE(take_all(table, others).all_passed);
    EXPECT_EQ(table.counters(Space::known, start).entries, before);
}

TEST_F(LimitTableTest, AQuestionThatCountsNothingTakesNoSlot) {
    auto table = open(64);
    EXPECT_EQ(remaining(table, use_of(1)), 3U);
    EXPECT_EQ(table.counters(Space::known, start).entries, 0U);
}

TEST_F(LimitTableTest, WhatIsGivenBackMayPassAgain) {
    LimitTable table = open(64);
    const LimitUse use = use_of(1, once_an_hour);
    EXPECT_TRUE(take(table, use));
    EXPECT_FALSE(take(table, use));
    table.give_back(use, start + 1h, start);
    EXPECT_EQ(table.counters(Space::known, start).entries, 0U);
    EXPECT_TRUE(take(table, use));
    table.give_back(use_of(2, once_an_hour), start + 1h, start);  // nobody counted it
    EXPECT_FALSE(take(table, use));
}

TEST_F(LimitTableTest, UsesOfOneKeyAreCountedTogether) {
    auto table = open(64);
    const std::vector<LimitUse> uses{use_of(1), use_of(2), use_of(1)};
    EXPECT_TRUE(take_all(table, uses).all_passed);
    EXPECT_EQ(remaining(table, use_of(1)), 1U);
    EXPECT_EQ(remaining(table, use_of(2)), 2U);
    EXPECT_FALSE(take_all(table, uses).all_passed) << "one is left, two are asked for";
    EXPECT_EQ(remaining(table, use_of(1)), 1U);
    EXPECT_EQ(remaining(table, use_of(2)), 2U);
}

TEST_F(LimitTableTest, OneKeyIsTwoInTwoSpaces) {
    auto table = open(64);
    const std::vector<LimitUse> uses{use_of(1), use_of(1, three_a_minute, Space::anybody)};
    EXPECT_TRUE(take_all(table, uses).all_passed);
    EXPECT_EQ(remaining(table, uses[0]), 2U);
    EXPECT_EQ(remaining(table, uses[1]), 2U);
}

TEST_F(LimitTableTest, AddressesNeverTakeRoomFromThoseWhoAreKnown) {
    for (const auto& [filled, other] : {std::pair(Space::anybody, Space::known), {Space::known, Space::anybody}}) {
        auto table = open(64);
        for (std::uint64_t i = 0; i < 10; ++i)
            ASSERT_TRUE(take(table, use_of(i, once_an_hour, other)));
        for (std::uint64_t i = 1000; i < 21'000; ++i)
            take(table, use_of(i, once_an_hour, filled), start + 1s);
        EXPECT_GT(table.counters(filled, start + 1s).evictions, 10'000U);
        EXPECT_EQ(table.counters(other, start + 1s).evictions, 0U);
        for (std::uint64_t i = 0; i < 10; ++i)
            EXPECT_FALSE(take(table, use_of(i, once_an_hour, other), start + 2s));
    }
}

TEST_F(LimitTableTest, AFullTableSaysSoAndWhoIsUsedStays) {
    auto table = open(64);
    ASSERT_TRUE(take(table, use_of(0, once_an_hour)));
    std::uint64_t evictions = 0;
    for (std::uint64_t i = 1; i < 10'000; ++i) {
        const microseconds now = start + microseconds(i);
        const LimitUse use = use_of(i, once_an_hour);
        const auto taken = take_all(table, std::span(&use, 1), now);
        evictions += taken.evicted ? 1 : 0;
        EXPECT_FALSE(taken.evicted_from_anybody);
        ASSERT_FALSE(take(table, use_of(0, once_an_hour), now)) << "a refusal is a use: " << i;
    }
    EXPECT_EQ(table.counters(Space::known, start + 1s).evictions, evictions);
    EXPECT_GT(evictions, 8000U);
    EXPECT_TRUE(take(table, use_of(1, once_an_hour), start + 1s)) << "who was evicted begins anew";
}

// Each has two sets of eight slots, and takes the emptier one.
TEST_F(LimitTableTest, NobodyMakesRoomBeforeTheTableIsNearlyFull) {
    auto table = open(std::size_t{1024});
    const auto slots = table.counters(Space::known, start).slots;
    EXPECT_GT(slots, 14'000U) << "of 16,384 in a megabyte";
    for (std::uint64_t i = 0; i < slots * 7 / 10; ++i)
        take(table, use_of(i, once_an_hour));
    EXPECT_EQ(table.counters(Space::known, start).evictions, 0U);
    for (std::uint64_t i = slots * 7 / 10; i < slots * 9 / 10; ++i)
        take(table, use_of(i, once_an_hour));
    EXPECT_LT(table.counters(Space::known, start).evictions, slots / 100);
    const auto entries = static_cast<double>(table.counters(Space::known, start).entries);
    EXPECT_NEAR(entries / static_cast<double>(slots), 0.9, 0.02);
}

TEST_F(LimitTableTest, StatesThatDoNotMatterAnyMoreMakeRoomWithoutAnEviction) {
    auto table = open(32);
    for (std::uint64_t i = 0; i < 50'000; ++i)
        ASSERT_TRUE(take(table, use_of(i), start + i * 1s));
    EXPECT_EQ(table.counters(Space::known, start).evictions, 0U);
    EXPECT_LE(table.counters(Space::known, start + 50'000s).entries, 70U);
}

TEST_F(LimitTableTest, ReopenedMemoryGoesOnCounting) {
    auto table = open(64);
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(take(table, use_of(1)));
    auto again = LimitTable::open(memory(), seed + 2);
    EXPECT_FALSE(take(again, use_of(1)));
    EXPECT_TRUE(take(table, use_of(2)));
    EXPECT_EQ(remaining(again, use_of(2)), 2U) << "old and new workers count together";
}

TEST_F(LimitTableTest, MemoryOfAnotherLayoutIsNotTrusted) {
    auto table = open(64);
    for (std::uint64_t i = 0; i < 100; ++i)
        take(table, use_of(i));
    memory()[0] ^= std::byte{1};
    auto again = reopen();
    EXPECT_EQ(again.counters(Space::known, start).evictions, 0U);
    for (std::uint64_t i = 1000; i < 1100; ++i)
        EXPECT_EQ(remaining(again, use_of(i)), 3U);
}

// Memory full of anything is one full of states that nobody asks for, and they go.
TEST_F(LimitTableTest, WhateverTheMemoryHoldsNoMorePassesThanTheLimit) {
    std::mt19937_64 random(5);
    for (int round = 0; round < 50; ++round) {
        auto table = open(32);
        for (std::byte& byte : memory())
            byte = static_cast<std::byte>(random() % 3 == 0 ? 0xFF : random());
        table = reopen();
        int passed = 0;
        for (int i = 0; i < 10; ++i)
            passed += take(table, use_of(1)) ? 1 : 0;
        ASSERT_EQ(passed, 3);
        for (std::uint64_t i = 0; i < 500; ++i)
            take(table, use_of(i, once_an_hour));
        ASSERT_GT(table.counters(Space::known, start).entries, 300U) << "the garbage went first";
    }
}

TEST_F(LimitTableTest, DamageWhileItIsUsedLetsNobodyHaveMoreThanOnceTheLimit) {
    auto table = open(32);
    std::mt19937_64 random(6);
    for (int round = 0; round < 5000; ++round) {
        memory()[64 + random() % (memory().size() - 64)] = static_cast<std::byte>(random());
        const LimitUse use = use_of(random() % 100);
        int passed = 0;
        for (int i = 0; i < 5; ++i)
            passed += take(table, use, start + microseconds(round)) ? 1 : 0;
        ASSERT_LE(passed, 3);
        ASSERT_LE(room_.result(0).reset, 2min);
    }
}

TEST_F(LimitTableTest, AnyNumberOfUsesMayBeAsked) {
    auto table = open(32);
    EXPECT_TRUE(take_all(table, {}).all_passed);
    std::vector<LimitUse> uses;
    for (std::uint64_t i = 0; i < 1000; ++i)
        uses.push_back(use_of(i, once_an_hour));
    EXPECT_TRUE(take_all(table, uses).evicted) << "more than there are slots";
    EXPECT_FALSE(take_all(table, uses).all_passed);
}

}  // namespace
}  // namespace shared
