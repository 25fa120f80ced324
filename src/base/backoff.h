// How long to leave a server alone that does not serve.
#pragma once

#include <algorithm>
#include <cstdint>

namespace base {

struct Backoff {
    std::uint64_t first, longest;  // milliseconds

    // After so many failures in a row, from 1 on. `random`: any number; workers that failed together come back one by
    // one. From half of the delay to all of it.
    constexpr std::uint64_t delay(unsigned failures, std::uint32_t random) const noexcept {
        const unsigned doublings = std::min(failures == 0 ? 0 : failures - 1, 16U);
        const std::uint64_t whole = std::min(first << doublings, longest);
        return whole - whole * random / (std::uint64_t{1} << 32) / 2;
    }
};

}  // namespace base
