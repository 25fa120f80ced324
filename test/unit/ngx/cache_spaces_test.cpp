#include "ngx/cache_spaces.h"

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

using Space = CacheSpaces::Space;

constexpr std::uint64_t seed = 0x9E37'79B9'7F4A'7C15;

// Not a SHA-256, but as well spread.
CacheSpaces::Key key_of(std::uint64_t number) {
    std::mt19937_64 random(number);
    CacheSpaces::Key key{};
    for (std::size_t at = 0; at < key.size(); at += sizeof(std::uint64_t)) {
        const std::uint64_t part = random();
        std::memcpy(key.data() + at, &part, sizeof(part));
    }
    return key;
}

std::string found(CacheSpaces& spaces, std::uint64_t number, CacheSpaces::Time now = 0) {
    const auto hit = spaces.lookup(key_of(number), now);
    return hit ? hit->bytes : "(none)";
}

class CacheSpacesTest : public testing::Test {
protected:
    CacheSpaces open(std::size_t bytes) {
        chunks_.assign(bytes / sizeof(Chunk), Chunk{});
        return reopen();
    }
    CacheSpaces reopen() { return CacheSpaces::open(memory(), seed); }
    std::span<std::byte> memory() { return std::as_writable_bytes(std::span(chunks_)); }

private:
    struct alignas(64) Chunk {
        std::byte bytes[64];
    };
    std::vector<Chunk> chunks_;
};

TEST_F(CacheSpacesTest, WhatIsStoredInEitherSpaceIsFound) {
    auto spaces = open(65536);
    spaces.store(key_of(1), "yes", 10, 0, Space::main);
    spaces.store(key_of(2), "no", 10, 0, Space::negative);
    EXPECT_EQ(found(spaces, 1), "yes");
    EXPECT_EQ(found(spaces, 2), "no");
    EXPECT_EQ(found(spaces, 3), "(none)");
    EXPECT_EQ(spaces.counters(Space::main).entries, 1U);
    EXPECT_EQ(spaces.counters(Space::negative).entries, 1U);
}

TEST_F(CacheSpacesTest, FillingOneSpaceNeverMakesRoomInTheOther) {
    for (const auto& [filled, other] :
         {std::pair(Space::negative, Space::main), std::pair(Space::main, Space::negative)}) {
        auto spaces = open(65536);
        for (std::uint64_t i = 0; i < 10; ++i)
            spaces.store(key_of(i), "kept", 10, 0, other);
        for (std::uint64_t i = 1000; i < 21'000; ++i)
            spaces.store(key_of(i), std::string(i % 500, 'x'), 10, 0, filled);
        EXPECT_GT(spaces.counters(filled).evictions, 10'000U);
        EXPECT_EQ(spaces.counters(other).evictions, 0U);
        for (std::uint64_t i = 0; i < 10; ++i)
            EXPECT_EQ(found(spaces, i), "kept");
    }
}

TEST_F(CacheSpacesTest, AKeyThatIsStoredInOneSpaceIsGoneFromTheOther) {
    auto spaces = open(65536);
    spaces.store(key_of(1), "yes", 10, 0, Space::main);
    spaces.store(key_of(1), "no", 10, 0, Space::negative);
    EXPECT_EQ(found(spaces, 1), "no");
    EXPECT_EQ(spaces.counters(Space::main).entries, 0U);
    spaces.store(key_of(1), "yes again", 10, 0, Space::main);
    EXPECT_EQ(found(spaces, 1), "yes again");
    EXPECT_EQ(spaces.counters(Space::negative).entries, 0U);
}

TEST_F(CacheSpacesTest, AnAnswerThatDoesNotFitTakesTheOlderOneAway) {
    auto spaces = open(65536);
    spaces.store(key_of(1), "yes", 10, 0, Space::main);
    EXPECT_EQ(spaces.store(key_of(1), std::string(60'000, 'x'), 10, 0, Space::negative), CacheTable::Stored::too_large);
    EXPECT_EQ(found(spaces, 1), "(none)") << "the older answer is no longer true";
}

TEST_F(CacheSpacesTest, ARemovedKeyIsInNeither) {
    auto spaces = open(65536);
    spaces.store(key_of(1), "yes", 10, 0, Space::main);
    spaces.store(key_of(2), "no", 10, 0, Space::negative);
    spaces.remove(key_of(1));
    spaces.remove(key_of(2));
    EXPECT_EQ(found(spaces, 1), "(none)");
    EXPECT_EQ(found(spaces, 2), "(none)");
}

// How many entries fit: an eighth of the memory, but not less than a table needs.
TEST_F(CacheSpacesTest, TheSpaceForNegativeAnswersIsTheSmaller) {
    const auto capacity = [&](CacheSpaces& spaces, Space space) {
        std::uint64_t count = 0;
        while (spaces.store(key_of(count), "v", 10, 0, space) == CacheTable::Stored::yes)
            ++count;
        return count;
    };
    for (const std::size_t bytes : {CacheSpaces::minimum_bytes, std::size_t{65536}, std::size_t{1} << 20}) {
        auto spaces = open(bytes);
        const auto negative = capacity(spaces, Space::negative);
        auto other = open(bytes);
        const auto main = capacity(other, Space::main);
        EXPECT_GE(negative, 20U) << bytes;
        EXPECT_GE(main, negative) << bytes;
        if (bytes < 1 << 17) continue;
        EXPECT_NEAR(static_cast<double>(main) / static_cast<double>(negative), 7, 0.5) << bytes;
    }
}

TEST_F(CacheSpacesTest, AnnouncementsAreCounted) {
    auto spaces = open(65536);
    const auto before = spaces.announcements();
    spaces.store(key_of(1), "one", 10, 0, Space::main);
    EXPECT_EQ(spaces.announcements(), before) << "storing announces nothing by itself";
    spaces.announce();
    spaces.announce();
    EXPECT_EQ(spaces.announcements(), before + 2);
}

TEST_F(CacheSpacesTest, ReopenedMemoryKeepsEntriesAndAnnouncements) {
    auto spaces = open(65536);
    spaces.store(key_of(1), "yes", 10, 0, Space::main);
    spaces.store(key_of(2), "no", 10, 0, Space::negative);
    spaces.announce();
    auto again = reopen();
    EXPECT_EQ(found(again, 1), "yes");
    EXPECT_EQ(found(again, 2), "no");
    EXPECT_EQ(again.announcements(), spaces.announcements());
    again.announce();
    EXPECT_EQ(spaces.announcements(), again.announcements()) << "old and new processes hear each other";
}

TEST_F(CacheSpacesTest, MemoryOfAnotherLayoutIsNotTrusted) {
    auto spaces = open(65536);
    spaces.store(key_of(1), "yes", 10, 0, Space::main);
    spaces.store(key_of(2), "no", 10, 0, Space::negative);
    spaces.announce();
    memory()[0] ^= std::byte{1};
    auto again = reopen();
    EXPECT_EQ(found(again, 1), "(none)");
    EXPECT_EQ(found(again, 2), "(none)");
    EXPECT_EQ(again.announcements(), 0U);
}

// As every version before this one left it.
TEST_F(CacheSpacesTest, MemoryThatWasOneTableIsNotTrusted) {
    open(65536);
    CacheTable::open(memory(), seed).store(key_of(1), "old", 10, 0);
    auto spaces = reopen();
    EXPECT_EQ(found(spaces, 1), "(none)");
    spaces.store(key_of(1), "new", 10, 0, Space::main);
    EXPECT_EQ(found(spaces, 1), "new");
    EXPECT_FALSE(spaces.take_reset_notice());
}

TEST_F(CacheSpacesTest, DamageAnywhereIsSaidOnceAndNothingWrongIsFound) {
    auto spaces = open(65536);
    std::mt19937_64 random(2);
    int resets = 0;
    for (int round = 0; round < 2000; ++round) {
        for (int i = 0; i < 8; ++i)
            spaces.store(key_of(random() % 200), std::string(random() % 1000, 'x'), 10, 0,
                         random() % 2 == 0 ? Space::main : Space::negative);
        const auto at = 88 + random() % (memory().size() - 88);
        memory()[at] = static_cast<std::byte>(random());
        for (std::uint64_t i = 0; i < 200; ++i)
            spaces.lookup(key_of(i), 0);
        if (spaces.take_reset_notice()) ++resets;
        ASSERT_FALSE(spaces.take_reset_notice());
    }
    EXPECT_GT(resets, 10);
}

// Nobody ever finds in one space what the other has in its place: a token that was good, and is not any more.
TEST(CacheSpacesInSharedMemoryTest, AProcessKilledBetweenTheSpacesLeavesAKeyInOneAtMost) {
    constexpr std::size_t size = std::size_t{64} * 1024;
    void* shared = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    const std::span memory(static_cast<std::byte*>(shared), size);
    auto spaces = CacheSpaces::open(memory, seed);
    std::mt19937_64 random(3);
    for (int round = 0; round < 200; ++round) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        for (std::uint64_t i = 0; child == 0; ++i)
            spaces.store(key_of(1), "v", 10, 0, i % 2 == 0 ? Space::main : Space::negative);
        usleep(static_cast<useconds_t>(random() % 1000));  // any moment will do
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        spaces.lookup(key_of(2), 0);  // drops what was left in the middle of a change
        ASSERT_LE(spaces.counters(Space::main).entries + spaces.counters(Space::negative).entries, 1U);
        spaces.take_reset_notice();
    }
    munmap(shared, size);
}

}  // namespace
}  // namespace ngx
