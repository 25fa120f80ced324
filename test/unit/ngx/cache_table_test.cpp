#include "ngx/cache_table.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace ngx {
namespace {

constexpr std::uint64_t seed = 0x9E37'79B9'7F4A'7C15;

// Not a SHA-256, but as well spread.
CacheTable::Key key_of(std::uint64_t number) {
    std::mt19937_64 random(number);
    CacheTable::Key key{};
    for (std::size_t at = 0; at < key.size(); at += sizeof(std::uint64_t)) {
        const std::uint64_t part = random();
        std::memcpy(key.data() + at, &part, sizeof(part));
    }
    return key;
}

// A value that tells whose it is, of a length of its own.
std::string value_of(std::uint64_t number) {
    std::string value = std::to_string(number) + ":";
    value.resize(value.size() + number * 37 % 1500, static_cast<char>('a' + number % 26));
    return value;
}

class CacheTableTest : public testing::Test {
protected:
    CacheTable open(std::size_t kilobytes) {
        chunks_.assign(kilobytes * 1024 / sizeof(Chunk), Chunk{});
        return reopen();
    }
    CacheTable reopen() { return CacheTable::open(memory(), seed); }
    std::span<std::byte> memory() { return std::as_writable_bytes(std::span(chunks_)); }

    static std::string found(CacheTable& table, std::uint64_t number, CacheTable::Time now = 0) {
        const auto hit = table.lookup(key_of(number), now);
        return hit ? hit->bytes : "(none)";
    }

private:
    struct alignas(64) Chunk {
        std::byte bytes[64];
    };
    std::vector<Chunk> chunks_;
};

TEST_F(CacheTableTest, AnUnknownKeyIsNotFound) {
    auto table = open(8);
    EXPECT_EQ(found(table, 1), "(none)");
    table.store(key_of(1), "one", 10, 0);
    EXPECT_EQ(found(table, 2), "(none)");
}

TEST_F(CacheTableTest, AStoredValueIsFoundWithItsExpiry) {
    auto table = open(8);
    EXPECT_EQ(table.store(key_of(1), "one", 10, 0), CacheTable::Stored::yes);
    const auto hit = table.lookup(key_of(1), 9);
    ASSERT_TRUE(hit);
    EXPECT_EQ(hit->bytes, "one");
    EXPECT_EQ(hit->expires, 10);
}

TEST_F(CacheTableTest, ValuesOfEveryLengthComeBackWhole) {
    auto table = open(64);
    for (std::size_t size = 0; size < 1000; ++size) {
        std::string value(size, '\0');
        for (std::size_t i = 0; i < size; ++i)
            value[i] = static_cast<char>(i * 7 + size);
        table.store(key_of(size), value, 10, 0);
        ASSERT_EQ(found(table, size), value) << size;
    }
}

TEST_F(CacheTableTest, ALookupWithALimitGivesTheStartOfALongerValue) {
    auto table = open(64);
    const std::string value = value_of(1000) + std::string(2000, 'x');
    table.store(key_of(1), value, 10, 0);
    for (std::size_t limit = 0; limit <= value.size() + 1; ++limit) {
        const auto hit = table.lookup(key_of(1), 0, limit);
        ASSERT_TRUE(hit) << limit;
        ASSERT_EQ(hit->bytes, value.substr(0, limit)) << limit;
    }
    EXPECT_EQ(found(table, 1), value);
    EXPECT_FALSE(table.take_reset_notice());
}

TEST_F(CacheTableTest, DiscardedMemoryIsNotTrusted) {
    auto table = open(8);
    table.store(key_of(1), "one", 10, 0);
    CacheTable::discard(memory());
    auto again = reopen();
    EXPECT_EQ(found(again, 1), "(none)");
}

TEST_F(CacheTableTest, AValueIsGoneFromTheMomentItExpires) {
    auto table = open(8);
    table.store(key_of(1), "one", 10, 0);
    EXPECT_EQ(found(table, 1, 9), "one");
    EXPECT_EQ(found(table, 1, 10), "(none)");
    EXPECT_EQ(table.counters().entries, 0U);
}

TEST_F(CacheTableTest, StoringAgainReplacesTheValue) {
    auto table = open(8);
    table.store(key_of(1), std::string(500, 'x'), 10, 0);
    table.store(key_of(1), "short", 20, 0);
    EXPECT_EQ(found(table, 1, 15), "short");
    EXPECT_EQ(table.counters().entries, 1U);
}

TEST_F(CacheTableTest, ARemovedValueIsGoneAndOthersStay) {
    auto table = open(8);
    for (std::uint64_t i = 0; i < 3; ++i)
        table.store(key_of(i), std::to_string(i), 10, 0);
    table.remove(key_of(1));
    table.remove(key_of(7));
    EXPECT_EQ(found(table, 0), "0");
    EXPECT_EQ(found(table, 1), "(none)");
    EXPECT_EQ(found(table, 2), "2");
}

TEST_F(CacheTableTest, RemovedAndReplacedValuesGiveTheirRoomBack) {
    auto table = open(8);
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        ASSERT_EQ(table.store(key_of(i % 3), value_of(i), 10, 0), CacheTable::Stored::yes) << i;
        table.remove(key_of((i + 1) % 3));
    }
}

TEST_F(CacheTableTest, AFullTableDropsTheLeastRecentlyUsed) {
    auto table = open(8);
    std::uint64_t count = 0;
    while (table.store(key_of(count), "v", 10, 0) == CacheTable::Stored::yes) {
        ++count;
        ASSERT_EQ(found(table, 0), "v");
    }
    EXPECT_EQ(table.counters().evictions, 1U);
    EXPECT_EQ(found(table, 0), "v");
    EXPECT_EQ(found(table, 1), "(none)");
    EXPECT_EQ(found(table, 2), "v");
    EXPECT_EQ(found(table, count), "v");
}

TEST_F(CacheTableTest, SmallValuesDoNotKeepALargeOneOut) {
    auto table = open(64);
    for (std::uint64_t i = 0; i < 5000; ++i) {
        table.store(key_of(i), "small", 10, 0);
        found(table, i * 31 % 250);
    }
    const std::string large(12'000, 'x');
    EXPECT_EQ(table.store(key_of(9999), large, 10, 0), CacheTable::Stored::yes_by_evicting);
    EXPECT_EQ(found(table, 9999), large);
}

TEST_F(CacheTableTest, AValueOverAQuarterOfTheTableIsRefusedAndTheOldOneForgotten) {
    auto table = open(64);
    table.store(key_of(1), "one", 10, 0);
    table.store(key_of(2), "two", 10, 0);
    EXPECT_EQ(table.store(key_of(1), std::string(20'000, 'x'), 10, 0), CacheTable::Stored::too_large);
    EXPECT_EQ(found(table, 1), "(none)");
    EXPECT_EQ(found(table, 2), "two");
}

TEST_F(CacheTableTest, ExpiredValuesMakeRoomWithoutAnEviction) {
    auto table = open(8);
    for (CacheTable::Time now = 0; now < 10'000; ++now) {
        const auto number = static_cast<std::uint64_t>(now);
        ASSERT_EQ(table.store(key_of(number), "v", now + 10, now), CacheTable::Stored::yes) << now;
    }
    EXPECT_EQ(table.counters().evictions, 0U);
    EXPECT_LE(table.counters().entries, 11U);
}

TEST_F(CacheTableTest, WhatIsFoundIsAlwaysWhatWasStoredLast) {
    auto table = open(64);
    std::mt19937_64 random(1);
    std::vector<std::string> last(300, "(none)");
    for (int i = 0; i < 50'000; ++i) {
        const std::uint64_t number = random() % last.size();
        const auto action = random() % 10;
        if (action < 4) {
            last[number] = value_of(random() % 100'000);
            table.store(key_of(number), last[number], 10, 0);
        } else if (action == 4) {
            last[number] = "(none)";
            table.remove(key_of(number));
        } else if (const auto hit = table.lookup(key_of(number), 0)) {
            ASSERT_EQ(hit->bytes, last[number]);
        }
    }
    EXPECT_GT(table.counters().hits, 1000U);
    EXPECT_GT(table.counters().evictions, 1000U);
    EXPECT_FALSE(table.take_reset_notice());
}

// One search looks at about one entry, with one entry or 100,000.
TEST_F(CacheTableTest, ASearchCostsTheSameHoweverManyEntriesThereAre) {
    for (const std::uint64_t count : {1U, 10'000U, 100'000U}) {
        auto table = open(std::size_t{32} * 1024);
        for (std::uint64_t i = 0; i < count; ++i)
            table.store(key_of(i), "v", 10, 0);
        ASSERT_EQ(table.counters().entries, count);
        const auto before = table.counters().probes;
        for (std::uint64_t i = 0; i < count; ++i)
            ASSERT_EQ(found(table, i), "v");
        EXPECT_LE(table.counters().probes - before, count * 2) << count;
    }
}

// Whoever chooses tokens can choose a few bits of their hashes, but does not know the seed.
TEST_F(CacheTableTest, KeysThatAgreeInMostBitsDoNotShareABucket) {
    for (const unsigned shift : {0U, 16U, 32U, 48U}) {
        auto table = open(std::size_t{16} * 1024);
        for (std::uint64_t i = 0; i < 10'000; ++i) {
            CacheTable::Key key{};
            const std::uint64_t start = i << shift;
            std::memcpy(key.data(), &start, sizeof(start));
            table.store(key, "v", 10, 0);
        }
        EXPECT_LE(table.counters().probes, 30'000U) << shift;
    }
}

TEST_F(CacheTableTest, ReopenedMemoryKeepsItsEntries) {
    auto table = open(8);
    table.store(key_of(1), "one", 10, 0);
    auto again = reopen();
    EXPECT_EQ(found(again, 1), "one");
}

TEST_F(CacheTableTest, MemoryOfAnotherLayoutOrSizeIsNotTrusted) {
    auto table = open(16);
    table.store(key_of(1), "one", 10, 0);
    auto smaller = CacheTable::open(memory().first(8192), seed);
    EXPECT_EQ(found(smaller, 1), "(none)");

    table = open(16);
    table.store(key_of(1), "one", 10, 0);
    memory()[0] ^= std::byte{1};
    auto other = reopen();
    EXPECT_EQ(found(other, 1), "(none)");
}

TEST_F(CacheTableTest, ADamagedTableIsDroppedAndSaysSoOnce) {
    auto table = open(64);
    std::mt19937_64 random(2);
    int resets = 0;
    for (int round = 0; round < 3000; ++round) {
        for (int i = 0; i < 8; ++i) {
            table.store(key_of(random() % 200), value_of(random() % 1000), 10, 0);
            found(table, random() % 200);
        }
        // Anywhere, but for the first words, which say whose memory it is.
        const auto at = 24 + random() % (memory().size() - 24);
        memory()[at] = static_cast<std::byte>(random());
        for (std::uint64_t i = 0; i < 200; ++i)
            table.lookup(key_of(i), 0);
        table.remove(key_of(random() % 200));
        if (table.take_reset_notice()) ++resets;
        ASSERT_FALSE(table.take_reset_notice());
    }
    EXPECT_GT(resets, 10);
    table.store(key_of(1), "one", 10, 0);
    table.store(key_of(1), "one", 10, 0);
    EXPECT_EQ(found(table, 1), "one");
}

// A worker killed in the middle of a change leaves a table that either is whole or is dropped.
TEST(CacheTableInSharedMemoryTest, AProcessKilledAtAnyMomentDoesNotCorruptIt) {
    constexpr std::size_t size = std::size_t{64} * 1024;
    void* shared = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    const std::span memory(static_cast<std::byte*>(shared), size);
    auto table = CacheTable::open(memory, seed);

    std::mt19937_64 random(3);
    for (int round = 0; round < 300; ++round) {
        const auto start = random();
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            std::mt19937_64 own(start);
            for (;;) {
                const auto number = own() % 100;
                table.store(key_of(number), value_of(number), 10, 0);
                table.lookup(key_of(own() % 100), 0);
                table.remove(key_of(own() % 100));
            }
        }
        usleep(static_cast<useconds_t>(random() % 1000));  // any moment will do
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);

        for (std::uint64_t i = 0; i < 100; ++i) {
            if (const auto hit = table.lookup(key_of(i), 0)) {
                ASSERT_EQ(hit->bytes, value_of(i));
            }
        }
        table.take_reset_notice();
        table.store(key_of(1000), "alive", 10, 0);
        ASSERT_TRUE(table.lookup(key_of(1000), 0));
        ASSERT_FALSE(table.take_reset_notice());
    }
    munmap(shared, size);
}

}  // namespace
}  // namespace ngx
