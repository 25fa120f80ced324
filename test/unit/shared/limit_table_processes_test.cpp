// The table as workers have it: several processes, a lock, and no worker that says goodbye.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <span>
#include <vector>

#include "shared/limit_table.h"

namespace shared {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

constexpr std::uint64_t seed = 0x9E37'79B9'7F4A'7C15;
constexpr std::size_t table_bytes = std::size_t{64} * 1024;
constexpr microseconds start = 1000h;
constexpr int rounds = 100;

// Shared with all children of the test.
struct Shared {
    alignas(64) std::array<std::byte, table_bytes> memory;
    std::atomic_flag lock;  // a process that dies with it is the test's to deal with, as it is the master process's
    std::atomic<std::uint64_t> passed;
};

class LimitTableProcessesTest : public testing::Test {
protected:
    LimitTableProcessesTest() {
        void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) std::abort();
        shared_ = static_cast<Shared*>(memory);
    }
    ~LimitTableProcessesTest() override { munmap(shared_, sizeof(Shared)); }

    LimitTable open() { return LimitTable::open(shared_->memory, seed); }

    bool take(LimitTable& table, std::span<const LimitUse> uses, microseconds now) {
        room_.fit(uses);
        while (shared_->lock.test_and_set(std::memory_order_acquire))
            sched_yield();
        const bool passed = table.take(uses, room_, now).all_passed;
        shared_->lock.clear(std::memory_order_release);
        return passed;
    }

    static LimitUse use_of(unsigned char name, const mcp::Rate& rate) {
        LimitUse use{.key = {}, .rate = &rate};
        use.key.fill(name);
        return use;
    }

    Shared* shared_;
    LimitTable::Room room_;
};

TEST_F(LimitTableProcessesTest, ProcessesCountTogether) {
    const mcp::Rate rate{.requests = 1000, .period = 1h, .algorithm = mcp::LimitAlgorithm::token_bucket};
    const std::vector<LimitUse> uses{use_of(1, rate)};
    std::array<pid_t, 4> children{};
    for (pid_t& child : children) {
        child = fork();
        ASSERT_GE(child, 0);
        if (child != 0) continue;
        auto table = open();
        for (int i = 0; i < 600; ++i)
            shared_->passed += take(table, uses, start) ? 1 : 0;
        _exit(0);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(shared_->passed, 1000U);
}

// What the limit gives is given once, whoever dies: a child that is killed before it could say that it passed has used
// one up at most. However late it is killed, it has taken no more than its part: some is left in the end.
TEST_F(LimitTableProcessesTest, AProcessKilledAtAnyMomentGivesNobodyMore) {
    constexpr std::uint64_t limit = 1'000'000;
    constexpr std::uint64_t part = limit / (rounds + 1);
    const mcp::Rate rate{.requests = limit, .period = 1h, .algorithm = mcp::LimitAlgorithm::fixed_window};
    const mcp::Rate other{.requests = limit, .period = 1h, .algorithm = mcp::LimitAlgorithm::token_bucket};
    const std::vector<LimitUse> uses{use_of(1, rate), use_of(2, other)};
    auto table = open();
    std::mt19937_64 random(3);
    for (int round = 0; round < rounds; ++round) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            for (std::uint64_t i = 0; i < part; ++i)
                shared_->passed += take(table, uses, start) ? 1 : 0;
            while (true)
                pause();
        }
        usleep(static_cast<useconds_t>(random() % 500));  // any moment will do
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        shared_->lock.clear();  // as nginx's master process does
    }
    LimitUse ask = uses[0];
    for (const LimitUse& use : uses) {
        ask = use;
        ask.units = 0;
        take(table, std::span(&ask, 1), start);
        const auto used = limit - room_.result(0).remaining;
        EXPECT_GE(used, shared_->passed);
        EXPECT_LE(used, shared_->passed + rounds);
    }
    EXPECT_GT(shared_->passed, 0U);
    EXPECT_TRUE(take(table, uses, start));
}

// The same while keys come and go: no slot is lost, and nobody has another's state.
TEST_F(LimitTableProcessesTest, AProcessKilledWhileItMakesRoomLosesOneStateAtMost) {
    const mcp::Rate rate{.requests = 2, .period = 1h, .algorithm = mcp::LimitAlgorithm::fixed_window};
    auto table = open();
    std::mt19937_64 random(4);
    for (int round = 0; round < rounds; ++round) {
        const auto first = random();
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        std::mt19937_64 own(first);
        while (child == 0) {
            LimitUse use = use_of(0, rate);
            for (unsigned char& byte : use.key)
                byte = static_cast<unsigned char>(own());
            take(table, std::span(&use, 1), start + microseconds(round));
        }
        usleep(static_cast<useconds_t>(random() % 500));
        kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        shared_->lock.clear();
        const std::vector<LimitUse> uses{use_of(1, rate)};
        int passed = 0;
        for (int i = 0; i < 4; ++i)
            passed += take(table, uses, start + 1h * (round + 1)) ? 1 : 0;
        ASSERT_EQ(passed, 2);
    }
}

}  // namespace
}  // namespace shared
