#include "report/published_text.h"

#include <gtest/gtest.h>

#include <thread>

namespace report {
namespace {

using std::chrono::milliseconds;

NewestText::Time time_now{};

NewestText::Time now() noexcept {
    return time_now;
}

// As shared memory is when it is new. Too large for a stack.
std::unique_ptr<PublishedText> new_memory() {
    return std::make_unique<PublishedText>();
}

struct PublishedTextTest : testing::Test {
    std::unique_ptr<PublishedText> all = new_memory();
    NewestText first, second;
    int counter = 0, made = 0;

    std::string ask_at(NewestText& worker, milliseconds time) {
        time_now = NewestText::Time(std::chrono::hours(1)) + time;
        return *worker.get(
            *all,
            [&](std::size_t) {
                made++;
                time_now += milliseconds(2);
                return std::to_string(++counter);
            },
            now);
    }
};

TEST_F(PublishedTextTest, WhatOneWorkerHasSentAnotherSendsToo) {
    EXPECT_EQ(ask_at(first, milliseconds(0)), "1");
    EXPECT_EQ(ask_at(second, milliseconds(3)), "1");
    EXPECT_EQ(ask_at(first, milliseconds(19)), "1");
    EXPECT_EQ(made, 1);
}

// The fault that Prometheus would take for a restart: a worker that still holds what was newest when it was made.
TEST_F(PublishedTextTest, AWorkerNeverSendsAnOlderTextThanAnotherHasSent) {
    EXPECT_EQ(ask_at(first, milliseconds(0)), "1");
    EXPECT_EQ(ask_at(second, milliseconds(30)), "2");
    EXPECT_EQ(ask_at(first, milliseconds(31)), "2");
    EXPECT_EQ(ask_at(second, milliseconds(60)), "3");
    EXPECT_EQ(ask_at(first, milliseconds(61)), "3");
}

TEST_F(PublishedTextTest, MakingItTakesATenthOfTheTimeAtTheMost) {
    for (int time = 0; time < 200; time++)
        ask_at(time % 2 == 0 ? first : second, milliseconds(time));
    EXPECT_EQ(made, 10);
}

TEST_F(PublishedTextTest, WhatWasMadeWhileAnotherWasPublishedIsNotSent) {
    time_now = NewestText::Time(std::chrono::hours(1));
    const auto text = first.get(
        *all,
        [&](std::size_t) {
            if (made++ == 0) {
                EXPECT_EQ(*second.get(
                              *all, [](std::size_t) { return std::string("newer in parts"); }, now),
                          "newer in parts");
                time_now += milliseconds(1);
                return std::string("older in parts");
            }
            return std::string("newest");
        },
        now);
    EXPECT_EQ(*text, "newest");
}

TEST_F(PublishedTextTest, OneThatDiedWhileItWroteHoldsNobodyUp) {
    EXPECT_EQ(ask_at(first, milliseconds(0)), "1");
    ASSERT_TRUE(all->take_number_after(all->newest()));  // and then it dies
    EXPECT_EQ(ask_at(first, milliseconds(1)), "2");
    EXPECT_EQ(ask_at(second, milliseconds(2)), "2");
}

TEST_F(PublishedTextTest, ATextIsReadByItsOwnNumberOnly) {
    all->publish(1, "the first one, and it is long", {});
    EXPECT_EQ(all->read(1), "the first one, and it is long");
    EXPECT_EQ(all->read(2), std::nullopt);
    all->publish(2, "a", {});
    EXPECT_EQ(all->read(1), std::nullopt);
    EXPECT_EQ(all->read(2), "a");
}

TEST_F(PublishedTextTest, TextsOfAnyLengthAreReadAsTheyWereWritten) {
    for (std::size_t size = 0; size < 40; size++) {
        const std::string text(size, 'x');
        all->publish(size + 1, text, {});
        EXPECT_EQ(all->read(size + 1), text);
    }
    all->publish(100, std::string(PublishedText::room, 'y'), {});
    EXPECT_EQ(all->read(100)->size(), PublishedText::room);
}

TEST_F(PublishedTextTest, OneWithoutRoomIsMadeForEachThatAsks) {
    const auto make = [&](std::size_t) {
        time_now += milliseconds(1);
        return std::to_string(++counter) + std::string(PublishedText::room, ' ');
    };
    EXPECT_EQ((*first.get(*all, make, now))[0], '1');
    EXPECT_EQ((*second.get(*all, make, now))[0], '2');
    EXPECT_EQ((*first.get(*all, make, now))[0], '3');
}

TEST_F(PublishedTextTest, WhatCouldNotBeMadeIsTriedAgain) {
    EXPECT_THROW(first.get(*all, [](std::size_t) -> std::string { throw std::bad_alloc(); }, now), std::bad_alloc);
    EXPECT_EQ(ask_at(first, milliseconds(0)), "1");
}

TEST_F(PublishedTextTest, ItIsFreedBeforeTheNextOneIsMade) {
    const std::weak_ptr<const std::string> old =
        first.get(*all, [](std::size_t size) { return std::string(size == 0 ? "first" : ""); }, now);
    ASSERT_FALSE(old.expired());
    time_now += std::chrono::hours(1);
    const auto next = first.get(
        *all, [&](std::size_t size) { return std::string(old.expired() && size == 5 ? "second" : "two at once"); },
        now);
    EXPECT_EQ(*next, "second");
}

// Threads as workers: each makes the text of a counter that grows all the time, slowly enough to be overtaken.
TEST_F(PublishedTextTest, WhoeverAsksWorkersInTurnSeesNothingGoBack) {
    constexpr int turns = 2000;
    std::atomic<long> grows{0};
    std::atomic<long> newest_seen{0};
    std::atomic<int> steps_back{0};
    const auto work = [&] {
        NewestText worker;
        for (int turn = 0; turn < turns; turn++) {
            const long before = newest_seen.load();
            const auto text = worker.get(*all, [&](std::size_t) {
                const long value = ++grows;
                std::this_thread::yield();
                return std::to_string(value);
            });
            if (text == nullptr) continue;
            const long value = std::stol(*text);
            if (value < before) steps_back++;
            long seen = newest_seen.load();
            while (seen < value && !newest_seen.compare_exchange_weak(seen, value)) {
            }
        }
    };
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; i++)
        workers.emplace_back(work);
    workers.clear();
    EXPECT_EQ(steps_back, 0);
    EXPECT_GT(newest_seen, 0);
}

}  // namespace
}  // namespace report
