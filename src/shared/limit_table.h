// The states of rate limits, laid out in one block of memory that several processes share.
//
// The memory is [Header][slots of Space::known][slots of Space::anybody]. A key has its place in one of two sets of
// eight slots each, and the least recently used of these makes room: nothing links one slot to another, so whoever dies
// in the middle of a change leaves one state half written, and any three numbers are a state. Nothing here calls nginx,
// locks or reads a clock: LimitZone does.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/sha256.h"
#include "mcp/rate_limit.h"
#include "shared/limits.h"

namespace shared {

// A view; the table itself lives in the memory it was made from. All but prefetch() needs the lock of that memory.
class LimitTable {
    struct Slot {  // a line of the processor's cache
        std::array<unsigned char, 24> key;
        mcp::LimitState state;
        std::int64_t used;   // microseconds
        std::int64_t until;  // the state matters; 0: of nobody
    };
    static_assert(sizeof(Slot) == 64);

public:
    using Space = LimitUse::Space;

    // What take() needs besides, for as many uses as it was made to fit: no memory is allocated under the lock.
    class Room {
    public:
        void fit(std::span<const LimitUse> uses);  // throws std::bad_alloc
        // In the order of the uses, after take().
        const mcp::LimitResult& result(std::size_t number) const noexcept { return shares_[number].result; }

    private:
        friend class LimitTable;
        struct Place {
            Slot* slot;  // null: it has none yet
            mcp::LimitState state;
        };
        std::vector<Place> places_;
        std::vector<mcp::LimitShare> shares_;
    };

    struct Counters {
        std::uint64_t slots;      // that there are
        std::uint64_t entries;    // states that matter: an estimate, from a sample
        std::uint64_t evictions;  // of states that mattered
    };

    static constexpr std::size_t minimum_bytes = std::size_t{32} * 1024;

    // Takes over what `memory` (aligned to 64 bytes, at least minimum_bytes) holds when this very layout was written
    // there before, else begins without caring what stands there. `seed` is random: without it, nobody can choose keys
    // that share a set.
    static LimitTable open(std::span<std::byte> memory, std::uint64_t seed) noexcept;

    // As mcp::take(); `room` fits the uses. Of a refusal nothing is kept that was not there before. `now` is of a clock
    // that all processes share.
    struct Taken {
        bool all_passed;
        bool evicted, evicted_from_anybody;  // a state that mattered, in which space
    };
    Taken take(std::span<const LimitUse> uses, Room& room, std::chrono::microseconds time) noexcept;

    // As mcp::give_back(), where a state of this use is kept.
    void give_back(const LimitUse& use, std::chrono::microseconds paid_by, std::chrono::microseconds time) noexcept;

    // Fetches what take() will look at. Before the lock is taken, so that nobody waits for the memory.
    void prefetch(std::span<const LimitUse> uses) const noexcept;

    Counters counters(Space space, std::chrono::microseconds now) const noexcept;

private:
    static constexpr std::size_t ways = 8;
    using Set = std::array<Slot, ways>;

    struct alignas(64) Header {
        std::uint64_t layout;
        std::uint64_t memory_bytes;
        std::uint64_t seed;
        std::array<std::uint64_t, 2> evictions;  // by Space
    };

    static constexpr std::uint64_t layout_id = 0x6d63'706c'696d'0001;  // "mcplim", version 1

    explicit LimitTable(std::span<std::byte> memory) noexcept;

    std::span<Set> sets(Space space) const noexcept { return space == Space::known ? known_ : anybody_; }
    std::array<Set*, 2> sets_of(const LimitUse& use) const noexcept;
    Slot* find(const LimitUse& use) const noexcept;
    void look_up(std::span<const LimitUse> uses, Room& room) const noexcept;
    bool insert(const LimitUse& use, const Slot& content, std::int64_t now) noexcept;
    Slot& slot_for(const LimitUse& use, std::int64_t now) const noexcept;

    Header* header_;
    std::span<Set> known_, anybody_;
};

}  // namespace shared
