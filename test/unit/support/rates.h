// Rates, and asking for what they let pass.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>

#include "mcp/rate_limit.h"

namespace mcp {

using namespace std::chrono_literals;
using std::chrono::microseconds;

inline constexpr auto all_algorithms = {LimitAlgorithm::gcra, LimitAlgorithm::fixed_window,
                                        LimitAlgorithm::token_bucket, LimitAlgorithm::sliding_window};
inline constexpr microseconds start = 1'000'000h;  // of some clock; a multiple of every period

inline Rate rate_of(std::uint32_t requests, microseconds period, std::uint32_t burst = 0,
                    LimitAlgorithm algorithm = LimitAlgorithm::gcra) {
    return {.requests = requests, .period = period, .burst = burst, .algorithm = algorithm};
}

inline LimitResult ask(const Rate& rate, LimitState& state, microseconds now, std::uint32_t units = 1) {
    std::array<LimitShare, 1> shares{{{.rate = &rate, .state = &state, .units = units}}};
    EXPECT_EQ(take(shares, now), shares[0].result.allowed);
    return shares[0].result;
}

// How many pass one after the other at this time.
inline std::uint64_t all_at(const Rate& rate, LimitState& state, microseconds now) {
    std::uint64_t passed = 0;
    while (ask(rate, state, now).allowed)
        ++passed;
    return passed;
}

}  // namespace mcp
