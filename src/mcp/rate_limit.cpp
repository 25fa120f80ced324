#include "mcp/rate_limit.h"

#include <algorithm>
#include <cstddef>

namespace mcp {
namespace {

using std::chrono::microseconds;

constexpr std::int64_t latest = std::int64_t{1} << 52;  // with the longest time to pay added it is below 2^53
constexpr std::int64_t never = microseconds::max().count();

// A rate within its bounds, whatever was given.
struct Terms {
    explicit Terms(const Rate& rate) noexcept
        : requests(std::clamp<std::int64_t>(rate.requests, 1, Rate::most)),
          period(std::clamp<std::int64_t>(rate.period.count(), 1, Rate::longest_period.count())),
          burst(std::min<std::int64_t>(rate.burst, Rate::most)) {}

    std::int64_t requests, period, burst;
};

// An algorithm is a view of a state at a time. Its constructor brings the state to that time, and makes it one that
// this algorithm can have written. wait() is 0 when so much may pass: then add() counts it.

// GCRA and the token bucket are one: a debt that is paid evenly, and may not exceed `limit` requests. Kept is when it
// will be paid, exactly: in whole microseconds and a numerator over `requests`. (GCRA calls it the theoretical arrival
// time.)
class Bucket {
public:
    Bucket(const Terms& terms, std::int64_t limit, LimitState& state, std::int64_t now) noexcept
        : terms_(terms), limit_(limit), state_(state), now_(now) {
        if (state.a < now) {
            state = {.a = now};
        } else if (const Span full = time_for(limit); state.a - now > full.whole + terms.period) {
            state = {.a = now + full.whole, .b = full.numerator};
        } else {
            state = {.a = state.a, .b = std::clamp<std::int64_t>(state.b, 0, terms.requests - 1)};
        }
    }

    std::int64_t limit() const noexcept { return limit_; }
    std::int64_t remaining() const noexcept {
        if (state_.a - now_ > time_for(limit_).whole) return 0;
        const std::int64_t debt = (state_.a - now_) * terms_.requests + state_.b;
        return std::max<std::int64_t>(0, limit_ * terms_.period - debt) / terms_.period;
    }
    std::int64_t reset() const noexcept { return state_.a - now_ + (state_.b > 0 ? 1 : 0); }
    std::int64_t wait(std::int64_t units) const noexcept {
        if (units > limit_) return never;
        const Span allowed = time_for(limit_ - units);  // to pay what was before
        const std::int64_t longer = state_.a - now_ - allowed.whole + (state_.b > allowed.numerator ? 1 : 0);
        return std::max<std::int64_t>(0, longer);
    }
    void add(std::int64_t units) noexcept {
        const Span more = time_for(units);
        state_.a += more.whole;
        state_.b += more.numerator;
        if (state_.b < terms_.requests) return;
        state_.b -= terms_.requests;
        ++state_.a;
    }
    void give_back(std::int64_t units, std::int64_t paid_by) noexcept {
        const std::int64_t unpaid = paid_by - now_;
        if (unpaid <= 0 || units > limit_) return;
        Span less = time_for(units);
        if (unpaid <= less.whole) less = {unpaid, 0};
        state_.a -= less.whole;
        state_.b -= less.numerator;
        if (state_.b < 0) {
            state_.b += terms_.requests;
            --state_.a;
        }
        if (state_.a < now_) state_ = {.a = now_};
    }

private:
    struct Span {
        std::int64_t whole, numerator;  // microseconds, and that over `requests`
    };
    Span time_for(std::int64_t units) const noexcept {
        const std::int64_t product = units * terms_.period;
        return {product / terms_.requests, product % terms_.requests};
    }

    Terms terms_;
    std::int64_t limit_;
    LimitState& state_;
    std::int64_t now_;
};

class FixedWindow {
public:
    FixedWindow(const Terms& terms, LimitState& state, std::int64_t now) noexcept
        : period_(terms.period), limit_(terms.requests + terms.burst), state_(state), now_(now) {
        const bool is_over = state.a < 0 || (state.a <= now && now - state.a >= period_);
        const bool is_far = state.a > now && state.a - now > period_;
        const std::int64_t used = is_over ? 0 : std::clamp<std::int64_t>(state.b, 0, limit_);
        state = {.a = used == 0 || is_far ? now : state.a, .b = used};
    }

    std::int64_t limit() const noexcept { return limit_; }
    std::int64_t remaining() const noexcept { return limit_ - state_.b; }
    std::int64_t reset() const noexcept { return state_.b == 0 ? 0 : state_.a + period_ - now_; }
    std::int64_t wait(std::int64_t units) const noexcept {
        if (units > limit_) return never;
        return units <= remaining() ? 0 : reset();
    }
    void add(std::int64_t units) noexcept { state_.b += units; }

private:
    std::int64_t period_, limit_;
    LimitState& state_;
    std::int64_t now_;
};

// Windows begin at multiples of the period. Of the one before counts the part that the last period still touches.
class SlidingWindow {
public:
    SlidingWindow(const Terms& terms, LimitState& state, std::int64_t now) noexcept
        : period_(terms.period), limit_(terms.requests + terms.burst), state_(state), now_(now) {
        const std::int64_t window = now - now % period_;
        const std::int64_t begun = state.a < 0 ? -1 : state.a - state.a % period_;
        std::int64_t newer = std::clamp<std::int64_t>(state.b, 0, limit_);
        std::int64_t older = std::clamp<std::int64_t>(state.c, 0, limit_);
        if (begun < window) {
            older = begun >= 0 && window - begun == period_ ? newer : 0;
            newer = 0;
        }
        const bool is_ahead = begun > window && begun - window <= period_;
        state = {.a = is_ahead ? begun : window, .b = newer, .c = older};
    }

    std::int64_t limit() const noexcept { return limit_; }
    std::int64_t remaining() const noexcept {
        const std::int64_t before = (state_.c * touched() + period_ - 1) / period_;
        return std::max<std::int64_t>(0, limit_ - state_.b - before);
    }
    std::int64_t reset() const noexcept {
        if (state_.b > 0) return state_.a + 2 * period_ - now_;
        return state_.c > 0 ? state_.a + period_ - now_ : 0;
    }
    std::int64_t wait(std::int64_t units) const noexcept {
        if (units > limit_) return never;
        const std::int64_t room = limit_ - state_.b - units;
        if (room < 0) return state_.a + 2 * period_ - may_touch(limit_ - units, state_.b) - now_;
        if (state_.c * touched() <= room * period_) return 0;
        return state_.a + period_ - may_touch(room, state_.c) - now_;
    }
    void add(std::int64_t units) noexcept { state_.b += units; }

private:
    // How much of the window before is in the last period.
    std::int64_t touched() const noexcept { return period_ - std::max<std::int64_t>(0, now_ - state_.a); }
    // How much of it may be, so that its `passed` count no more than `room`.
    std::int64_t may_touch(std::int64_t room, std::int64_t passed) const noexcept {
        return std::min(period_, room * period_ / passed);
    }

    std::int64_t period_, limit_;
    LimitState& state_;
    std::int64_t now_;
};

// Calls the function with the view that the rate's algorithm has of the state.
template <class Function>
auto view(const Rate& rate, LimitState& state, std::int64_t now, Function function) noexcept {
    const Terms terms(rate);
    switch (rate.algorithm) {
        case LimitAlgorithm::fixed_window:
            return function(FixedWindow(terms, state, now));
        case LimitAlgorithm::sliding_window:
            return function(SlidingWindow(terms, state, now));
        case LimitAlgorithm::token_bucket:
            return function(Bucket(terms, terms.requests + terms.burst, state, now));
        case LimitAlgorithm::gcra:
            break;
    }
    return function(Bucket(terms, terms.burst + 1, state, now));
}

std::int64_t within_bounds(microseconds now) noexcept {
    return std::clamp<std::int64_t>(now.count(), 0, latest);
}

// What shares of the same state will have counted before this one.
std::int64_t asked_before(std::span<const LimitShare> shares, const LimitState* state) noexcept {
    std::int64_t units = 0;
    for (const LimitShare& share : shares)
        units += share.state == state && share.result.allowed ? share.units : 0;
    return units;
}

}  // namespace

bool take(std::span<LimitShare> shares, microseconds now) noexcept {
    const std::int64_t time = within_bounds(now);
    bool all_pass = true;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        LimitShare& share = shares[i];
        const std::int64_t units = asked_before(shares.first(i), share.state) + std::max<std::int64_t>(1, share.units);
        const std::int64_t wait =
            view(*share.rate, *share.state, time, [=](const auto& limit) noexcept { return limit.wait(units); });
        share.result = {.allowed = wait == 0, .retry_after = microseconds(wait)};
        all_pass = all_pass && wait == 0;
    }
    for (const LimitShare& share : shares) {
        if (all_pass) view(*share.rate, *share.state, time, [&](auto limit) noexcept { limit.add(share.units); });
    }
    for (LimitShare& share : shares) {
        view(*share.rate, *share.state, time, [&](const auto& limit) noexcept {
            share.result.limit = static_cast<std::uint64_t>(limit.limit());
            share.result.remaining = static_cast<std::uint64_t>(limit.remaining());
            share.result.reset = microseconds(limit.reset());
        });
    }
    return all_pass;
}

void give_back(const Rate& rate, LimitState& state, std::uint32_t units, microseconds paid_by,
               microseconds now) noexcept {
    view(rate, state, within_bounds(now), [&](auto limit) noexcept {
        if constexpr (requires { limit.give_back(0, 0); }) limit.give_back(units, paid_by.count());
    });
}

microseconds time_to_live(const Rate& rate, const LimitState& state, microseconds now) noexcept {
    LimitState copy = state;
    return microseconds(view(rate, copy, within_bounds(now), [](auto limit) noexcept { return limit.reset(); }));
}

}  // namespace mcp
