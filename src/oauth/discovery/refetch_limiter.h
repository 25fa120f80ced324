// Tokens with an unknown kid ask for the keys to be fetched again, and anyone can make such tokens.
#pragma once

#include <algorithm>
#include <chrono>

namespace oauth::discovery {

// Lets one event through in each interval, at once when the last one is long enough ago. Times are of any clock that
// does not go back, and began at 0.
class RefetchLimiter {
public:
    using Time = std::chrono::milliseconds;

    explicit constexpr RefetchLimiter(Time interval) noexcept : interval_(interval) {}

    // True when it may happen now, and then counts it.
    constexpr bool acquire(Time now) noexcept {
        if (time_left(now) > Time(0)) return false;
        next_ = now + interval_;
        return true;
    }

    // Until it may happen.
    constexpr Time time_left(Time now) const noexcept { return std::max(next_ - now, Time(0)); }

private:
    Time interval_;
    Time next_{0};
};

}  // namespace oauth::discovery
