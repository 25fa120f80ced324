// Rates, states and times of anybody's making: no undefined behavior, a result that is possible, and, from the first
// time on that the clock does not go back any more, never more than the bound in any window.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "mcp/rate_limit.h"

namespace {

using mcp::LimitAlgorithm;
using std::chrono::microseconds;

void require(bool condition) {
    if (!condition) std::abort();
}

class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
    bool is_empty() const { return left_ == 0; }
    template <class T>
    T take() {
        T value{};
        const std::size_t size = std::min(left_, sizeof(value));
        std::memcpy(&value, data_, size);
        data_ += size;
        left_ -= size;
        return value;
    }

private:
    const std::uint8_t* data_;
    std::size_t left_;
};

struct Passed {
    std::int64_t at;
    std::uint64_t units;
};

mcp::Rate within_bounds(mcp::Rate rate) {
    rate.requests = std::clamp<std::uint32_t>(rate.requests, 1, mcp::Rate::most);
    rate.period = std::clamp(rate.period, microseconds(1), microseconds(mcp::Rate::longest_period));
    rate.burst = std::min(rate.burst, mcp::Rate::most);
    return rate;
}

std::uint64_t bound(const mcp::Rate& rate, std::uint64_t limit, std::int64_t time) {
    const auto period = static_cast<unsigned __int128>(rate.period.count());
    const auto length = static_cast<unsigned __int128>(time);
    if (rate.algorithm == LimitAlgorithm::fixed_window || rate.algorithm == LimitAlgorithm::sliding_window)
        return static_cast<std::uint64_t>(limit * (length / period + 2));
    return static_cast<std::uint64_t>(limit + length * rate.requests / period);
}

void check_bound(const mcp::Rate& rate, std::uint64_t limit, const std::vector<Passed>& log) {
    for (std::size_t first = 0; first < log.size(); ++first) {
        std::uint64_t passed = 0;
        for (std::size_t last = first; last < log.size(); ++last) {
            passed += log[last].units;
            require(passed <= bound(rate, limit, log[last].at - log[first].at));
        }
    }
}

bool ask(const mcp::Rate& rate, mcp::LimitState& state, std::int64_t now, std::uint32_t units,
         mcp::LimitResult& result) {
    std::array<mcp::LimitShare, 1> shares{{{.rate = &rate, .state = &state, .units = units}}};
    const bool passed = mcp::take(shares, microseconds(now));
    result = shares[0].result;
    require(passed == result.allowed);
    return passed;
}

// What holds of every request, given what would have been said just before it.
void check(const mcp::Rate& rate, const mcp::LimitState& state, std::int64_t now, std::uint32_t units,
           const mcp::LimitResult& before, const mcp::LimitResult& result) {
    constexpr std::int64_t largest = std::int64_t{1} << 53;
    for (const std::int64_t number : {state.a, state.b, state.c})
        require(number >= 0 && number < largest);
    require(result.limit >= 1 && result.remaining <= result.limit && result.limit == before.limit);
    require(result.reset >= microseconds(0) && result.reset.count() < largest);
    require(mcp::time_to_live(rate, state, microseconds(now)) == result.reset);
    if (result.allowed) {
        require(result.retry_after == microseconds(0) && before.remaining - result.remaining == units);
        return;
    }
    require(result.retry_after > microseconds(0) && result.remaining == before.remaining);
    const bool is_never = result.retry_after == microseconds::max();
    require(is_never == (units > result.limit));
    if (is_never || result.retry_after.count() > (std::int64_t{1} << 52) - now) return;
    mcp::LimitResult later;
    mcp::LimitState copy = state;
    require(!ask(rate, copy, now + result.retry_after.count() - 1, units, later));
    require(ask(rate, copy, now + result.retry_after.count(), units, later));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    mcp::Rate rate{.requests = input.take<std::uint32_t>(),
                   .period = microseconds(input.take<std::int64_t>()),
                   .burst = input.take<std::uint32_t>(),
                   .algorithm = static_cast<LimitAlgorithm>(input.take<std::uint8_t>() % 5)};
    mcp::LimitState state{input.take<std::int64_t>(), input.take<std::int64_t>(), input.take<std::int64_t>()};
    std::int64_t now = input.take<std::int64_t>();
    std::vector<Passed> log;
    for (int i = 0; i < 100 && !input.is_empty(); ++i) {
        const auto step = input.take<std::uint8_t>();
        const std::int64_t before = std::clamp<std::int64_t>(now, 0, std::int64_t{1} << 52);
        now = before + (step < 128 ? step * (rate.period.count() / 64 % (std::int64_t{1} << 32))
                                   : input.take<std::int64_t>() / 2);
        now = std::clamp<std::int64_t>(now, 0, std::int64_t{1} << 52);
        if (now < before) log.clear();
        const std::uint32_t units = step % 4 == 3 ? input.take<std::uint32_t>() : step % 4 + 1;
        mcp::LimitResult peek, result;
        ask(rate, state, now, 0, peek);
        if (ask(rate, state, now, units, result) && units > 0) log.push_back({now, units});
        if (units > 0) check(rate, state, now, units, peek, result);
        if (step == 127) {  // a state of another making
            state = {input.take<std::int64_t>(), input.take<std::int64_t>(), input.take<std::int64_t>()};
            log.clear();
        }
    }
    mcp::LimitResult last;
    ask(rate, state, now, 0, last);
    check_bound(within_bounds(rate), last.limit, log);
    return 0;
}
