// How much may pass in which time: the arithmetic of rate limits, without a clock, memory or lock of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace mcp {

enum class LimitAlgorithm : std::uint8_t {
    gcra,            // evenly, and `burst` more at once
    fixed_window,    // requests + burst in each window, which begins with the first request
    token_bucket,    // as many at once, refilled evenly
    sliding_window,  // as many in the last period, as the two windows that it touches tell
};

// "rate=100r/m burst=20". The bounds keep every intermediate value below 2^53, so that Redis' numbers (doubles) count
// exactly what 64-bit integers do.
struct Rate {
    static constexpr std::uint32_t most = 1'000'000;  // requests, and burst
    static constexpr std::chrono::microseconds longest_period = std::chrono::hours(1);

    std::uint32_t requests = 1;  // from 1 on
    std::chrono::microseconds period = std::chrono::seconds(1);
    std::uint32_t burst = 0;
    LimitAlgorithm algorithm = LimitAlgorithm::gcra;
};

// What is kept for one key between requests. All zero: nothing has passed yet. What the numbers mean is the
// algorithm's. Nothing is believed of them: any three give a result, and never let pass more than all zero does. A
// state is of one rate: whoever keeps it gives another rate another key.
//   gcra, token_bucket: `a` and `b / requests` microseconds is when all that passed is paid for
//   fixed_window:       `a` is when the window began, `b` how much passed in it
//   sliding_window:     `a` is when the newer window began, `b` how much passed in it, `c` in the one before
struct LimitState {
    std::int64_t a = 0, b = 0, c = 0;
    bool operator==(const LimitState&) const = default;
};

struct LimitResult {
    bool allowed = false;                     // by this limit; whether it was counted is what take() returns
    std::uint64_t limit = 0;                  // that may pass at once when nothing has passed for long
    std::uint64_t remaining = 0;              // that may pass at once now
    std::chrono::microseconds reset{};        // until `remaining` is `limit`
    std::chrono::microseconds retry_after{};  // of a refusal: until this much may pass; max(): it never may
};

// One limit, and how much of it is asked for.
struct LimitShare {
    const Rate* rate;
    LimitState* state;
    std::uint32_t units = 1;  // 0: counts nothing, and passes when one more would
    LimitResult result{};     // out
};

// All pass, and are counted; or none is. Shares may have the same state: together they get no more than one would.
// True: passed.
//
// `now` is of any clock that all who share the states share, from 0 to 2^52 microseconds. Nobody gains by one that goes
// back by up to a period: nothing passes in that time that would not have passed before. One that goes back further is
// taken as it is, with all used up that was.
bool take(std::span<LimitShare> shares, std::chrono::microseconds now) noexcept;

// What was taken a while ago is as if it never had been, but for what time has paid of it since. `paid_by`: when all
// that had passed until then would be paid, itself included: `now` of that take() and its `reset`. Of gcra and
// token_bucket; the others keep it.
void give_back(const Rate& rate, LimitState& state, std::uint32_t units, std::chrono::microseconds paid_by,
               std::chrono::microseconds now) noexcept;

// How long a state matters after `now`: later it is as good as none.
std::chrono::microseconds time_to_live(const Rate& rate, const LimitState& state,
                                       std::chrono::microseconds now) noexcept;

}  // namespace mcp
