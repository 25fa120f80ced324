// The newest refusals, in memory that all workers share: for a page on which somebody looks up the id that a user
// quotes. Written without a lock.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/observation.h"

namespace report {

// Empty: unknown. Texts are a client's, or a token's: they may contain anything. Long ones are cut between characters,
// and end with "…".
struct Refusal {
    std::chrono::milliseconds time{};  // since 1970, UTC
    int status = 0;                    // 0: the client went before there was one
    std::string id{}, reason{}, resource{}, issuer{}, subject{}, client{}, address{};
    std::string missing{};                        // scopes, space-separated
    std::string limit{};                          // the name of the one that refused it
    std::string http_method{}, method{}, name{};  // of the first operation
    bool is_known = false;                        // the caller's token was verified
};

// Throws std::bad_alloc.
Refusal refusal_of(const mcp::Observation& observation);

// The last `slots` of them. All bytes zero is an empty ring. A worker that dies while it writes leaves one slot that
// nobody can read, until its turn comes again.
template <std::size_t slots>
class RefusalRing {
public:
    void add(const Refusal& refusal) noexcept;
    std::vector<Refusal> newest() const;  // first; throws std::bad_alloc

    static constexpr std::size_t words = 111;
    using Packed = std::array<std::uint64_t, words>;

private:
    // A writer takes a number. While it writes, `state` is odd: 2 * number + 1; then it is 2 * number + 2. Whoever
    // reads looks at it before and after. A slow writer may meet one that is a whole round ahead in the same slot: the
    // checksum, in which the number is, finds what the two of them have mixed.
    struct Slot {
        std::atomic<std::uint64_t> state, checksum;
        std::array<std::atomic<std::uint64_t>, words> content;
    };
    std::optional<Refusal> read(const Slot& slot, std::uint64_t number) const;

    std::atomic<std::uint64_t> next_;
    std::array<Slot, slots> slots_;
};

// Who brings no good token can be anybody, as often as they like: they push out each other, and no refusal of a caller
// whose token was verified.
class Refusals {
public:
    void add(const Refusal& refusal) noexcept { refusal.is_known ? known_.add(refusal) : unknown_.add(refusal); }
    // Of both, first the newest. Throws std::bad_alloc.
    std::vector<Refusal> newest() const;

    static constexpr std::size_t known_slots = 128, unknown_slots = 256;

private:
    RefusalRing<known_slots> known_;
    RefusalRing<unknown_slots> unknown_;
};

extern template class RefusalRing<2>;  // for tests
extern template class RefusalRing<Refusals::known_slots>;
extern template class RefusalRing<Refusals::unknown_slots>;

}  // namespace report
