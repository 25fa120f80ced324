// Each algorithm beside a naive one, which keeps all that ever passed and reads it again for each request.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include "mcp/rate_limit.h"

namespace mcp {
namespace {

using std::chrono::microseconds;
using Wide = __int128;

struct Passed {
    std::int64_t at, units;
};
using Log = std::vector<Passed>;

Wide limit_of(const Rate& rate) {
    return rate.algorithm == LimitAlgorithm::gcra ? Wide{rate.burst} + 1 : Wide{rate.requests} + rate.burst;
}

// Tokens, in parts of which `period` are one: all there in the beginning, `requests` parts more each microsecond.
Wide tokens_at(const Rate& rate, const Log& log, std::int64_t now) {
    const Wide period = rate.period.count();
    const Wide full = limit_of(rate) * period;
    Wide tokens = full;
    std::int64_t before = 0;
    for (const auto& [at, units] : log) {
        tokens = std::min(full, tokens + Wide{at - before} * rate.requests) - units * period;
        before = at;
    }
    return std::min(full, tokens + Wide{now - before} * rate.requests);
}

Wide in_fixed_window(const Rate& rate, const Log& log, std::int64_t now) {
    Wide used = 0;
    std::int64_t over = 0;
    for (const auto& [at, units] : log) {
        if (at >= over) {
            used = 0;
            over = at + rate.period.count();
        }
        used += units;
    }
    return now >= over ? 0 : used;
}

// In parts of which `period` are one.
Wide in_sliding_window(const Rate& rate, const Log& log, std::int64_t now) {
    const Wide period = rate.period.count();
    const Wide window = now / period;
    Wide newer = 0, older = 0;
    for (const auto& [at, units] : log) {
        if (at / period == window) newer += units;
        if (at / period == window - 1) older += units;
    }
    return newer * period + older * (period - now % period);
}

bool may_pass(const Rate& rate, const Log& log, std::int64_t now, std::int64_t units) {
    const Wide period = rate.period.count();
    switch (rate.algorithm) {
        case LimitAlgorithm::fixed_window:
            return in_fixed_window(rate, log, now) + units <= limit_of(rate);
        case LimitAlgorithm::sliding_window:
            return in_sliding_window(rate, log, now) + units * period <= limit_of(rate) * period;
        default:
            return tokens_at(rate, log, now) >= units * period;
    }
}

// The most that may pass in any time of this length, whatever its beginning.
Wide bound(const Rate& rate, Wide time) {
    const Wide period = rate.period.count();
    if (rate.algorithm == LimitAlgorithm::fixed_window || rate.algorithm == LimitAlgorithm::sliding_window)
        return limit_of(rate) * (time / period + 2);
    return limit_of(rate) + time * rate.requests / period;
}

void expect_bounded(const Rate& rate, const Log& log) {
    for (std::size_t first = 0; first < log.size(); ++first) {
        Wide passed = 0;
        for (std::size_t last = first; last < log.size(); ++last) {
            passed += log[last].units;
            ASSERT_TRUE(passed <= bound(rate, log[last].at - log[first].at)) << first << " to " << last;
        }
    }
}

using Random = std::mt19937_64;

std::int64_t up_to(Random& random, std::int64_t most) {
    return static_cast<std::int64_t>(random() % (static_cast<std::uint64_t>(most) + 1));
}

// Small and large ones, and those with a remainder.
Rate any_rate(Random& random, LimitAlgorithm algorithm) {
    constexpr std::array<std::uint32_t, 8> counts{1, 2, 3, 7, 60, 997, 999'983, Rate::most};
    constexpr std::array<std::int64_t, 5> periods{1, 7, 1'000'000, 60'000'000, 3'600'000'000};
    return {.requests = counts[random() % counts.size()],
            .period = microseconds(periods[random() % periods.size()]),
            .burst = random() % 3 == 0 ? 0 : counts[random() % counts.size()],
            .algorithm = algorithm};
}

// Some at once, some after a while, and some when it was said that they may come again.
std::int64_t next_time(Random& random, const Rate& rate, std::int64_t now, const LimitResult& last) {
    const std::int64_t wait = last.retry_after == microseconds::max() ? 0 : last.retry_after.count();
    switch (random() % 6) {
        case 0:
            return now + wait;
        case 1:
            return now + std::max<std::int64_t>(0, wait - 1);
        case 2:
            return now + up_to(random, rate.period.count() * 3);
        case 3:
            return now + up_to(random, rate.period.count() / rate.requests + 2);
        case 4:
            return now + last.reset.count();
        default:
            return now;
    }
}

class RateLimitOracleTest : public testing::TestWithParam<LimitAlgorithm> {};

TEST_P(RateLimitOracleTest, ExactlyWhatTheLogAllowsPasses) {
    Random random(static_cast<std::uint64_t>(GetParam()));
    std::uint64_t passed = 0, refused = 0;
    for (int round = 0; round < 300; ++round) {
        const Rate rate = any_rate(random, GetParam());
        Log log;
        LimitState state;
        LimitResult last;
        std::int64_t now = up_to(random, std::int64_t{1} << (random() % 52));
        for (int i = 0; i < 150; ++i) {
            now = next_time(random, rate, now, last);
            const auto most = static_cast<std::int64_t>(limit_of(rate));
            const std::int64_t units = 1 + up_to(random, random() % 4 == 0 ? most : 2);
            if (now > (std::int64_t{1} << 52)) break;
            std::array<LimitShare, 1> share{
                {{.rate = &rate, .state = &state, .units = static_cast<std::uint32_t>(units)}}};
            const bool allowed = may_pass(rate, log, now, units);
            ASSERT_EQ(take(share, microseconds(now)), allowed) << "round " << round << " request " << i;
            last = share[0].result;
            if (allowed) log.push_back({now, units});
            ++(allowed ? passed : refused);
            ASSERT_LE(last.remaining, last.limit);
            ASSERT_TRUE(last.remaining == 0 || may_pass(rate, log, now, static_cast<std::int64_t>(last.remaining)));
            ASSERT_FALSE(may_pass(rate, log, now, static_cast<std::int64_t>(last.remaining) + 1));
            if (allowed || last.retry_after == microseconds::max()) continue;
            ASSERT_TRUE(may_pass(rate, log, now + last.retry_after.count(), units));
            ASSERT_FALSE(may_pass(rate, log, now + last.retry_after.count() - 1, units));
        }
        expect_bounded(rate, log);
    }
    EXPECT_GT(passed, 3000U);
    EXPECT_GT(refused, 3000U);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, RateLimitOracleTest,
                         testing::Values(LimitAlgorithm::gcra, LimitAlgorithm::fixed_window,
                                         LimitAlgorithm::token_bucket, LimitAlgorithm::sliding_window));

}  // namespace
}  // namespace mcp
