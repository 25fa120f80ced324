// A hash table with a least-recently-used list, laid out in one block of memory that several processes share.
//
// The memory is [Header][buckets][blocks]. A value is a chain of fixed-size blocks, so any evicted entry makes room for
// any new one: no fragmentation, and no allocator to fail. Links are block numbers, checked before each use. Nothing
// here calls nginx, locks or reads a clock: ShmCache does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ngx {

// A view; the table itself lives in the memory it was made from. Every call needs the lock of that memory to be held.
class CacheTable {
public:
    using Key = std::array<unsigned char, 32>;  // a SHA-256, so keys are spread evenly and never equal by accident
    using Time = std::int64_t;                  // of any clock that all processes share and that never goes back

    struct Hit {
        std::string bytes;
        Time expires;
    };
    enum class Stored : std::uint8_t {
        yes,
        yes_by_evicting,  // entries that had not expired yet went away for it
        too_large,        // more than a quarter of the table
    };
    struct Counters {
        std::uint64_t entries, hits, misses, evictions;
        std::uint64_t probes;  // entries looked at on the way to one: about one for each search, however many there are
    };

    static constexpr std::size_t minimum_bytes = 8192;

    // Takes over what `memory` (aligned to 64 bytes, at least minimum_bytes) holds when this very layout was written
    // there before, else starts empty. `seed` is random: without it, nobody can choose keys that share a bucket.
    static CacheTable open(std::span<std::byte> memory, std::uint64_t seed) noexcept;
    // open() starts empty then, whatever stands there.
    static void discard(std::span<std::byte> memory) noexcept;

    // A value is gone from the moment `expires` names on; of a longer one than `limit` come the first bytes. Throws
    // std::bad_alloc, and then nothing has changed.
    static constexpr std::size_t whole = SIZE_MAX;
    std::optional<Hit> lookup(const Key& key, Time now, std::size_t limit = whole);
    Stored store(const Key& key, std::string_view bytes, Time expires, Time now) noexcept;
    void remove(const Key& key) noexcept;

    // True once after damage was found and everything dropped: a process died in the middle of a change, or a link
    // pointed nowhere. For a line in the log.
    bool take_reset_notice() noexcept;
    Counters counters() const noexcept;

private:
    using Index = std::uint32_t;  // a block, from 1 on
    static constexpr Index none = 0;

    struct Header {
        std::uint64_t layout;  // what this code writes, its version included; other values are not ours
        std::uint64_t memory_bytes;
        std::uint64_t seed;
        std::uint32_t changing;  // set while links are being changed: found set, the process died in between
        std::uint32_t damaged;
        std::uint32_t reset_notice;
        Index first_free;
        Index used;  // blocks above it were never used, and are not in the free list
        std::uint32_t free_blocks;
        Index newest, oldest;
        Counters counters;
    };
    struct Head {  // the first block of an entry
        Index next_block;
        Index next_in_bucket;
        Index newer, older;
        std::uint32_t size;
        std::uint32_t unused;
        Time expires;
        Key key;
        std::array<char, 192> bytes;
    };
    struct Tail {  // each further block
        Index next_block;
        std::array<char, 252> bytes;
    };
    union Block {
        Head head;
        Tail tail;
    };
    static_assert(sizeof(Head) == 256 && sizeof(Tail) == 256 && sizeof(Block) == 256);
    class Change;

    static constexpr std::uint64_t layout_id = 0x6d63'7063'6163'0001;  // "mcpcac", version 1

    explicit CacheTable(std::span<std::byte> memory) noexcept;

    void begin() noexcept;
    void reset() noexcept;
    bool is_ours() const noexcept;
    bool exists(Index index) const noexcept { return index != none && index <= header_->used; }
    Block& block(Index index) const noexcept { return blocks_[index - 1]; }
    Index& bucket(const Key& key) const noexcept;

    Index find(const Key& key) noexcept;
    bool read(Index index, std::string& out) const noexcept;
    void make_newest(Index index) noexcept;
    void link_newest(Index index) noexcept;
    void unlink_from_order(Index index) noexcept;
    void unlink_from_bucket(Index index) noexcept;
    void drop(Index index) noexcept;
    void drop_expired_oldest(Time now) noexcept;
    std::uint64_t make_room(std::uint32_t blocks, Time now) noexcept;
    Index take_block() noexcept;
    void write(Index index, std::string_view bytes) noexcept;
    void damaged() noexcept { header_->damaged = 1; }

    static std::uint32_t blocks_for(std::size_t size) noexcept;

    Header* header_;
    std::span<Index> buckets_;
    Block* blocks_;
    std::uint32_t block_count_;
    unsigned bucket_shift_;
    std::size_t memory_bytes_;
};

}  // namespace ngx
