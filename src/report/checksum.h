// Whether words in shared memory are those that one writer wrote together. Strangers cannot write there: it is no
// digest.
#pragma once

#include <bit>
#include <cstdint>

namespace report {

// The steps are those of the hash FNV-1a, in words.
class Checksum {
public:
    // `number`: of what was written, where there are several.
    explicit Checksum(std::uint64_t number) noexcept : sum_(0xcbf29ce484222325U ^ number) {}
    void add(std::uint64_t word) noexcept { sum_ = std::rotl((sum_ ^ word) * 0x100000001b3U, 23); }
    std::uint64_t sum() const noexcept { return sum_; }

private:
    std::uint64_t sum_;
};

}  // namespace report
