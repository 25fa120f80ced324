#include "report/refusals.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace report {
namespace {

using std::chrono::milliseconds;

// As shared memory is: all bytes zero.
template <class T>
class Zeroed {
public:
    T& operator*() { return *std::launder(reinterpret_cast<T*>(bytes_)); }
    T* operator->() { return &**this; }
    unsigned char* bytes() { return bytes_; }

private:
    alignas(64) unsigned char bytes_[sizeof(T)] = {};
};

Refusal numbered(int number) {
    const std::string text = std::to_string(number);
    return {.time = milliseconds(number),
            .status = 401,
            .id = text,
            .reason = "expired",
            .resource = text,
            .issuer = text,
            .subject = text,
            .client = text,
            .address = text,
            .http_method = "POST",
            .method = "tools/call",
            .name = text};
}

std::vector<std::string> ids(const std::vector<Refusal>& refusals) {
    std::vector<std::string> all;
    for (const auto& refusal : refusals)
        all.push_back(refusal.id);
    return all;
}

TEST(RefusalRing, IsEmptyWhenItsMemoryIsNew) {
    auto ring = std::make_unique<Zeroed<RefusalRing<2>>>();
    EXPECT_TRUE((*ring)->newest().empty());
}

TEST(RefusalRing, KeepsTheNewestAndGivesThemFirst) {
    auto ring = std::make_unique<Zeroed<RefusalRing<2>>>();
    (*ring)->add(numbered(1));
    EXPECT_EQ(ids((*ring)->newest()), (std::vector<std::string>{"1"}));
    (*ring)->add(numbered(2));
    (*ring)->add(numbered(3));
    EXPECT_EQ(ids((*ring)->newest()), (std::vector<std::string>{"3", "2"}));
}

TEST(RefusalRing, GivesBackWhatItWasGiven) {
    auto ring = std::make_unique<Zeroed<RefusalRing<2>>>();
    Refusal given = numbered(7);
    given.is_known = true;
    given.limit = "subject-64";
    given.subject = std::string("a\0b\xE2\x80\xAE", 6);
    (*ring)->add(given);
    const Refusal kept = (*ring)->newest().at(0);
    EXPECT_EQ(kept.time, milliseconds(7));
    EXPECT_EQ(kept.status, 401);
    EXPECT_EQ(kept.subject, given.subject);
    EXPECT_EQ(kept.limit, "subject-64");
    EXPECT_EQ(kept.method, "tools/call");
    EXPECT_EQ(kept.http_method, "POST");
    EXPECT_TRUE(kept.is_known);
}

TEST(RefusalRing, CutsLongTextsBetweenCharacters) {
    auto ring = std::make_unique<Zeroed<RefusalRing<2>>>();
    Refusal given = numbered(1);
    given.name = std::string(1024 * 1024, 'x');
    given.subject.clear();
    for (int i = 0; i < 100; i++)
        given.subject += "ü";
    (*ring)->add(given);
    const Refusal kept = (*ring)->newest().at(0);
    EXPECT_EQ(kept.name, std::string(92, 'x') + "…");
    EXPECT_TRUE(kept.subject.ends_with("ü…"));
    EXPECT_LE(kept.subject.size(), 95U);
    given.name = std::string(95, 'y');
    (*ring)->add(given);
    EXPECT_EQ((*ring)->newest().at(0).name, given.name);
}

// The worker was killed between any two of its writes: its slot may have any of these states.
TEST(RefusalRing, AWorkerThatDiesWhileItWritesLeavesOneSlotThatNobodyReads) {
    auto whole = std::make_unique<Zeroed<RefusalRing<2>>>();
    (*whole)->add(numbered(1));
    (*whole)->add(numbered(2));
    const std::size_t size = sizeof(RefusalRing<2>);
    std::size_t unreadable = 0;
    for (std::size_t byte = 8; byte < size; byte += 8) {
        auto torn = std::make_unique<Zeroed<RefusalRing<2>>>();
        std::memcpy(torn->bytes(), whole->bytes(), size);
        torn->bytes()[byte] ^= 1U;
        const auto found = (*torn)->newest();
        for (const auto& refusal : found)
            EXPECT_TRUE(refusal.id == "1" || refusal.id == "2");
        EXPECT_GE(found.size(), 1U) << "at byte " << byte;
        unreadable += found.size() == 1 ? 1 : 0;
        (*torn)->add(numbered(3));
        (*torn)->add(numbered(4));
        EXPECT_EQ(ids((*torn)->newest()), (std::vector<std::string>{"4", "3"})) << "it is written again";
    }
    EXPECT_EQ(unreadable, size / 8 - 1) << "each change is noticed";
}

TEST(RefusalRing, ManyWritersNeverShowAMixedRefusal) {
    auto ring = std::make_unique<Zeroed<RefusalRing<2>>>();
    std::atomic<bool> is_over = false;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 4; writer++)
        writers.emplace_back([&, writer] {
            for (int i = 0; i < 20000; i++)
                (*ring)->add(numbered(writer * 1000000 + i));
        });
    std::size_t seen = 0;
    std::size_t mixed = 0;
    std::thread reader([&] {
        while (!is_over)
            for (const auto& refusal : (*ring)->newest()) {
                seen++;
                const std::string& id = refusal.id;
                const bool is_one = refusal.subject == id && refusal.client == id && refusal.name == id &&
                                    refusal.resource == id && std::to_string(refusal.time.count()) == id;
                mixed += is_one ? 0 : 1;
            }
    });
    for (auto& writer : writers)
        writer.join();
    is_over = true;
    reader.join();
    EXPECT_EQ(mixed, 0U);
    (*ring)->add(numbered(1));
    (*ring)->add(numbered(2));
    EXPECT_EQ(ids((*ring)->newest()), (std::vector<std::string>{"2", "1"}));
}

TEST(Refusals, AFloodOfStrangersPushesOutNoCallerWithAVerifiedToken) {
    auto refusals = std::make_unique<Zeroed<Refusals>>();
    Refusal known = numbered(1);
    known.is_known = true;
    (*refusals)->add(known);
    for (int i = 2; i < 10000; i++)
        (*refusals)->add(numbered(i));
    const auto newest = (*refusals)->newest();
    ASSERT_EQ(newest.size(), Refusals::unknown_slots + 1);
    EXPECT_EQ(newest.front().id, "9999");
    EXPECT_EQ(newest.back().id, "1");
}

TEST(RefusalOf, TakesTheFirstOperationAndWhoTheTokenSaysItIs) {
    mcp::Observation observation{.begin = milliseconds(5), .decision_id = "1f0c93ab", .reason = "scope_insufficient"};
    observation.status = 403;
    EXPECT_FALSE(refusal_of(observation).is_known);
    EXPECT_EQ(refusal_of(observation).method, "");
    observation.subject = "alice";
    observation.operations.push_back({.method = "tools/call", .name = "echo", .id = "1", .outcome = {}});
    observation.operations.push_back({.method = "tools/list", .name = {}, .id = "2", .outcome = {}});
    const Refusal refusal = refusal_of(observation);
    EXPECT_TRUE(refusal.is_known);
    EXPECT_EQ(refusal.id, "1f0c93ab");
    EXPECT_EQ(refusal.subject, "alice");
    EXPECT_EQ(refusal.method + " " + refusal.name, "tools/call echo");
}

}  // namespace
}  // namespace report
