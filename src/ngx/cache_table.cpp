#include "ngx/cache_table.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <utility>

namespace ngx {

// Marks the header while links are being changed. A process that is killed in between leaves the mark behind; the order
// of its stores is kept by the processor, so only the compiler has to be told.
class CacheTable::Change {
public:
    explicit Change(Header& header) noexcept : mark_(header.changing) {
        mark_.store(1, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    ~Change() {
        std::atomic_signal_fence(std::memory_order_seq_cst);
        mark_.store(0, std::memory_order_relaxed);
    }
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

private:
    std::atomic_ref<std::uint32_t> mark_;
};

CacheTable::CacheTable(std::span<std::byte> memory) noexcept : memory_bytes_(memory.size()) {
    // As many buckets as blocks, rounded down to a power of two: chains stay short even when every entry is one block.
    const std::size_t rest = memory.size() - sizeof(Header);
    const std::size_t bucket_count = std::bit_floor(rest / (sizeof(Block) + sizeof(Index)));
    const std::size_t before_blocks = (sizeof(Header) + bucket_count * sizeof(Index) + 63) / 64 * 64;
    const std::size_t blocks = (memory.size() - before_blocks) / sizeof(Block);

    header_ = reinterpret_cast<Header*>(memory.data());
    buckets_ = {reinterpret_cast<Index*>(memory.data() + sizeof(Header)), bucket_count};
    blocks_ = reinterpret_cast<Block*>(memory.data() + before_blocks);
    block_count_ = static_cast<std::uint32_t>(std::min<std::size_t>(blocks, UINT32_MAX - 1));
    bucket_shift_ = 64 - static_cast<unsigned>(std::countr_zero(bucket_count));
}

CacheTable CacheTable::open(std::span<std::byte> memory, std::uint64_t seed) noexcept {
    CacheTable table(memory);
    if (!table.is_ours()) {
        *table.header_ = Header{};
        table.header_->layout = layout_id;
        table.header_->memory_bytes = memory.size();
        table.header_->seed = seed | 1;
        table.reset();
    }
    return table;
}

void CacheTable::discard(std::span<std::byte> memory) noexcept {
    reinterpret_cast<Header*>(memory.data())->layout = 0;
}

bool CacheTable::is_ours() const noexcept {
    return header_->layout == layout_id && header_->memory_bytes == memory_bytes_;
}

void CacheTable::reset() noexcept {
    const Change change(*header_);
    std::ranges::fill(buckets_, none);
    header_->first_free = none;
    header_->used = 0;  // blocks are handed out from here first, so that a reset need not touch them all
    header_->free_blocks = block_count_;
    header_->newest = none;
    header_->oldest = none;
    header_->counters.entries = 0;
    header_->damaged = 0;
}

void CacheTable::begin() noexcept {
    if (header_->changing == 0 && header_->damaged == 0 && header_->used <= block_count_) return;
    reset();
    header_->reset_notice = 1;
}

bool CacheTable::take_reset_notice() noexcept {
    return std::exchange(header_->reset_notice, 0) != 0;
}

CacheTable::Counters CacheTable::counters() const noexcept {
    return header_->counters;
}

// Multiply-shift hashing of the first eight bytes by a secret odd factor.
CacheTable::Index& CacheTable::bucket(const Key& key) const noexcept {
    std::uint64_t start = 0;
    std::memcpy(&start, key.data(), sizeof(start));
    return buckets_[start * header_->seed >> bucket_shift_];
}

CacheTable::Index CacheTable::find(const Key& key) noexcept {
    std::uint32_t steps = 0;
    for (Index index = bucket(key); index != none; index = block(index).head.next_in_bucket) {
        if (!exists(index) || ++steps > block_count_) {
            damaged();
            return none;
        }
        ++header_->counters.probes;
        if (block(index).head.key == key) return index;
    }
    return none;
}

std::uint32_t CacheTable::blocks_for(std::size_t size) noexcept {
    constexpr std::size_t in_head = sizeof(Head::bytes);
    constexpr std::size_t in_tail = sizeof(Tail::bytes);
    if (size <= in_head) return 1;
    return static_cast<std::uint32_t>(1 + (size - in_head + in_tail - 1) / in_tail);
}

// --- reading ---

bool CacheTable::read(Index index, std::string& out) const noexcept {
    const Head& head = block(index).head;
    char* to = out.data();
    std::size_t left = out.size();
    std::size_t count = std::min(left, head.bytes.size());
    std::memcpy(to, head.bytes.data(), count);
    for (index = head.next_block; (left -= count) > 0; index = block(index).tail.next_block) {
        if (!exists(index)) return false;
        const Tail& tail = block(index).tail;
        to += count;
        count = std::min(left, tail.bytes.size());
        std::memcpy(to, tail.bytes.data(), count);
    }
    return index == none || out.size() < head.size;
}

std::optional<CacheTable::Hit> CacheTable::lookup(const Key& key, Time now, std::size_t limit) {
    begin();
    const Index index = find(key);
    if (index == none || now >= block(index).head.expires) {
        ++header_->counters.misses;
        if (index != none) drop(index);
        return std::nullopt;
    }
    const Head& head = block(index).head;
    if (blocks_for(head.size) > block_count_) {
        damaged();
        return std::nullopt;
    }
    Hit hit{std::string(std::min<std::size_t>(head.size, limit), '\0'), head.expires};
    if (!read(index, hit.bytes)) {
        damaged();
        return std::nullopt;
    }
    make_newest(index);
    ++header_->counters.hits;
    return hit;
}

// --- the order of use ---

void CacheTable::make_newest(Index index) noexcept {
    if (header_->newest == index) return;
    const Change change(*header_);
    unlink_from_order(index);
    link_newest(index);
}

void CacheTable::link_newest(Index index) noexcept {
    Head& head = block(index).head;
    head.newer = none;
    head.older = header_->newest;
    if (exists(head.older)) block(head.older).head.newer = index;
    if (header_->oldest == none) header_->oldest = index;
    header_->newest = index;
}

void CacheTable::unlink_from_order(Index index) noexcept {
    const Head& head = block(index).head;
    const auto replace = [&](Index neighbour, Index Head::* link, Index& end, Index by) noexcept {
        Index& from = exists(neighbour) ? block(neighbour).head.*link : end;
        if (from == index) {
            from = by;
        } else {
            damaged();
        }
    };
    replace(head.newer, &Head::older, header_->newest, head.older);
    replace(head.older, &Head::newer, header_->oldest, head.newer);
}

// --- removing ---

void CacheTable::unlink_from_bucket(Index index) noexcept {
    const Head& head = block(index).head;
    Index* link = &bucket(head.key);
    for (std::uint32_t steps = 0; *link != index; link = &block(*link).head.next_in_bucket) {
        if (!exists(*link) || ++steps > block_count_) return damaged();
    }
    *link = head.next_in_bucket;
}

void CacheTable::drop(Index index) noexcept {
    const Change change(*header_);
    unlink_from_bucket(index);
    unlink_from_order(index);

    const std::uint32_t count = blocks_for(block(index).head.size);
    Index last = index;
    for (std::uint32_t i = 1; i < count; ++i) {
        last = block(last).tail.next_block;
        if (!exists(last)) return damaged();
    }
    block(last).tail.next_block = header_->first_free;
    header_->first_free = index;
    header_->free_blocks += count;
    --header_->counters.entries;
}

void CacheTable::remove(const Key& key) noexcept {
    begin();
    if (const Index index = find(key); index != none) drop(index);
}

// Entries that nobody asks for any more have drifted to the old end: a few looks per insert keep it clean.
void CacheTable::drop_expired_oldest(Time now) noexcept {
    for (int i = 0; i < 2; ++i) {
        const Index oldest = header_->oldest;
        if (!exists(oldest) || now < block(oldest).head.expires) return;
        drop(oldest);
    }
}

// Each entry that goes frees at least one block, so no more than `blocks` entries go.
std::uint64_t CacheTable::make_room(std::uint32_t blocks, Time now) noexcept {
    std::uint64_t evictions = 0;
    while (header_->free_blocks < blocks && exists(header_->oldest) && header_->damaged == 0) {
        if (now < block(header_->oldest).head.expires) ++evictions;
        drop(header_->oldest);
    }
    header_->counters.evictions += evictions;
    return evictions;
}

// --- writing ---

CacheTable::Index CacheTable::take_block() noexcept {
    const Index index = header_->first_free;
    if (header_->free_blocks == 0) return none;
    if (index != none) {
        if (!exists(index)) return none;
        header_->first_free = block(index).tail.next_block;
    } else if (header_->used == block_count_) {
        return none;
    }
    --header_->free_blocks;
    return index != none ? index : ++header_->used;
}

void CacheTable::write(Index index, std::string_view bytes) noexcept {
    Head& head = block(index).head;
    const auto put = [&](std::span<char> room) noexcept {
        const std::size_t count = std::min(bytes.size(), room.size());
        std::memcpy(room.data(), bytes.data(), count);
        bytes.remove_prefix(count);
    };
    put(head.bytes);
    Index* link = &head.next_block;
    while (!bytes.empty()) {
        *link = take_block();
        if (*link == none) return damaged();
        Tail& tail = block(*link).tail;
        put(tail.bytes);
        link = &tail.next_block;
    }
    *link = none;
}

CacheTable::Stored CacheTable::store(const Key& key, std::string_view bytes, Time expires, Time now) noexcept {
    remove(key);
    if (bytes.size() > memory_bytes_ || blocks_for(bytes.size()) > block_count_ / 4) return Stored::too_large;
    drop_expired_oldest(now);
    const bool evicted = make_room(blocks_for(bytes.size()), now) > 0;

    const Change change(*header_);
    const Index index = take_block();
    if (index == none) {
        damaged();
        return Stored::yes;
    }
    Head& head = block(index).head;
    head.size = static_cast<std::uint32_t>(bytes.size());
    head.expires = expires;
    head.key = key;
    write(index, bytes);
    head.next_in_bucket = std::exchange(bucket(key), index);
    link_newest(index);
    ++header_->counters.entries;
    return evicted ? Stored::yes_by_evicting : Stored::yes;
}

}  // namespace ngx
