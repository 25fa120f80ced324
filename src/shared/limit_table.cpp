#include "shared/limit_table.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace shared {
namespace {

// What stands before it is written before what stands after it: the processor keeps the order of its stores for a
// process that dies in between, so only the compiler has to be told.
void in_this_order() noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

template <class Slot>
bool is_of(const Slot& slot, const base::Sha256& key) noexcept {
    return std::memcmp(slot.key.data(), key.data(), slot.key.size()) == 0;
}

// Nobody needs it any more, or it is none that we have written.
template <class Slot>
bool is_free(const Slot& slot, std::int64_t now) noexcept {
    return slot.until <= now || slot.used > now || slot.used < 0;
}

}  // namespace

void LimitTable::Room::fit(std::span<const LimitUse> uses) {
    places_.resize(uses.size());
    shares_.resize(uses.size());
}

LimitTable::LimitTable(std::span<std::byte> memory) noexcept : header_(reinterpret_cast<Header*>(memory.data())) {
    const std::size_t count = (memory.size() - sizeof(Header)) / sizeof(Set);
    const std::span all(reinterpret_cast<Set*>(memory.data() + sizeof(Header)), count);
    anybody_ = all.first(count / 8);
    known_ = all.subspan(count / 8);
}

LimitTable LimitTable::open(std::span<std::byte> memory, std::uint64_t seed) noexcept {
    LimitTable table(memory);
    if (table.header_->layout != layout_id || table.header_->memory_bytes != memory.size())
        *table.header_ = {.layout = layout_id, .memory_bytes = memory.size(), .seed = seed | 1, .evictions = {}};
    return table;
}

// Multiply-shift hashing of the first eight bytes by a secret odd factor; each half of the product chooses a set.
std::array<LimitTable::Set*, 2> LimitTable::sets_of(const LimitUse& use) const noexcept {
    std::uint64_t start = 0;
    std::memcpy(&start, use.key.data(), sizeof(start));
    std::uint64_t other = 0;
    std::memcpy(&other, use.key.data() + sizeof(start), sizeof(other));
    const std::span<Set> all = sets(use.space);
    const auto choose = [&](std::uint64_t word) noexcept {
        return &all[((word * header_->seed) >> 32) * all.size() >> 32];
    };
    return {choose(start), choose(other)};
}

void LimitTable::prefetch(std::span<const LimitUse> uses) const noexcept {
    for (const LimitUse& use : uses) {
        for (const Set* set : sets_of(use)) {
            for (const Slot& slot : *set)
                __builtin_prefetch(&slot, 1);
        }
    }
}

LimitTable::Slot* LimitTable::find(const LimitUse& use) const noexcept {
    for (Set* set : sets_of(use)) {
        for (Slot& slot : *set) {
            if (slot.until != 0 && is_of(slot, use.key)) return &slot;
        }
    }
    return nullptr;
}

// Uses of one key have one state.
void LimitTable::look_up(std::span<const LimitUse> uses, Room& room) const noexcept {
    for (std::size_t i = 0; i < uses.size(); ++i) {
        const LimitUse& use = uses[i];
        mcp::LimitShare& share =
            room.shares_[i] = {.rate = use.rate, .state = &room.places_[i].state, .units = use.units};
        const auto same = std::ranges::find_if(uses.first(i), [&](const LimitUse& before) noexcept {
            return before.key == use.key && before.space == use.space;
        });
        if (const auto first = static_cast<std::size_t>(same - uses.begin()); first < i) {
            share.state = &room.places_[first].state;
            continue;
        }
        Slot* slot = find(use);
        room.places_[i] = {.slot = slot, .state = slot != nullptr ? slot->state : mcp::LimitState{}};
    }
}

LimitTable::Taken LimitTable::take(std::span<const LimitUse> uses, Room& room,
                                   std::chrono::microseconds time) noexcept {
    look_up(uses, room);
    Taken taken{.all_passed = mcp::take(room.shares_, time), .evicted = false, .evicted_from_anybody = false};
    const std::int64_t now = time.count();
    const auto for_each = [&](bool has_slot, auto function) noexcept {
        for (std::size_t i = 0; i < uses.size(); ++i) {
            Room::Place& place = room.places_[i];
            const mcp::LimitShare& share = room.shares_[i];
            if (share.state == &place.state && (place.slot != nullptr) == has_slot)
                function(uses[i], place, now + share.result.reset.count());
        }
    };
    // First those that have a slot: then none of these is the least recently used one that makes room.
    for_each(true, [&](const LimitUse&, const Room::Place& place, std::int64_t until) noexcept {
        place.slot->until = until;
        in_this_order();
        place.slot->state = place.state;
        place.slot->used = now;
    });
    if (!taken.all_passed) return taken;
    for_each(false, [&](const LimitUse& use, const Room::Place& place, std::int64_t until) noexcept {
        if (until == now) return;  // nothing was counted
        Slot content{.key = {}, .state = place.state, .used = now, .until = until};
        std::copy_n(use.key.begin(), content.key.size(), content.key.begin());
        const bool evicted = insert(use, content, now);
        (use.space == Space::known ? taken.evicted : taken.evicted_from_anybody) |= evicted;
    });
    return taken;
}

void LimitTable::give_back(const LimitUse& use, std::chrono::microseconds paid_by,
                           std::chrono::microseconds time) noexcept {
    Slot* slot = find(use);
    if (slot == nullptr || is_free(*slot, time.count())) return;
    mcp::LimitState state = slot->state;
    mcp::give_back(*use.rate, state, use.units, paid_by, time);
    slot->state = state;
    in_this_order();
    slot->until = (time + mcp::time_to_live(*use.rate, state, time)).count();
}

// One that nobody needs, in the set that has more of these; else the least recently used.
LimitTable::Slot& LimitTable::slot_for(const LimitUse& use, std::int64_t now) const noexcept {
    std::array<Set*, 2> both = sets_of(use);
    const auto is_free_now = [now](const Slot& slot) noexcept { return is_free(slot, now); };
    const auto oldest = [](Set& set) noexcept { return std::ranges::min_element(set, {}, &Slot::used); };
    if (std::ranges::count_if(*both[1], is_free_now) > std::ranges::count_if(*both[0], is_free_now))
        std::swap(both[0], both[1]);
    if (auto* const slot = std::ranges::find_if(*both[0], is_free_now); slot != both[0]->end()) return *slot;
    Slot& first = *oldest(*both[0]);
    Slot& second = *oldest(*both[1]);
    return second.used < first.used ? second : first;
}

// True: for it, a state made room that mattered.
bool LimitTable::insert(const LimitUse& use, const Slot& content, std::int64_t now) noexcept {
    Slot& slot = slot_for(use, now);
    const bool evicts = !is_free(slot, now);
    if (evicts) ++header_->evictions[std::to_underlying(use.space)];
    slot.until = 0;
    in_this_order();
    slot.key = content.key;
    slot.state = content.state;
    slot.used = content.used;
    in_this_order();
    slot.until = content.until;
    return evicts;
}

LimitTable::Counters LimitTable::counters(Space space, std::chrono::microseconds now) const noexcept {
    constexpr std::size_t most = 512;
    const std::span<Set> all = sets(space);
    const std::span<Set> sample = all.first(std::min(all.size(), most));
    std::size_t entries = 0;
    for (const Set& set : sample)
        entries += static_cast<std::size_t>(
            std::ranges::count_if(set, [&](const Slot& slot) noexcept { return !is_free(slot, now.count()); }));
    return {.slots = all.size() * ways,
            .entries = sample.empty() ? 0 : entries * all.size() / sample.size(),
            .evictions = header_->evictions[std::to_underlying(space)]};
}

}  // namespace shared
