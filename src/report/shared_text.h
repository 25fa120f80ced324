// A short text in memory that all workers share, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace report {

// Finds accidents: two writers at a time, or one that has died. Nobody else writes in this memory. `number` is one that
// what is written in its place before and after does not have.
std::uint64_t checksum_of(std::span<const std::uint64_t> words, std::uint64_t number) noexcept;

// At most `room` bytes, cut between characters of UTF-8.
std::string_view beginning_of(std::string_view text, std::size_t room) noexcept;

// All bytes zero: empty.
class SharedText {
public:
    static constexpr std::size_t longest = 184;  // bytes; what is longer is cut

    void set(std::string_view text) noexcept;
    // Empty, too, while somebody writes, or when somebody died while writing. Throws std::bad_alloc.
    std::string text() const;

private:
    static constexpr std::size_t words = (longest + 1 + 7) / 8;
    std::atomic<std::uint64_t> checksum_;
    std::array<std::atomic<std::uint64_t>, words> content_;  // the text, and a NUL
};

}  // namespace report
