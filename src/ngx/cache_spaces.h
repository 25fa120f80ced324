// What a cache's shared memory holds: two tables, and a counter of announcements.
//
// The memory is [Front][main][negative]. Nothing here calls nginx, locks or reads a clock: ShmCache does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ngx/cache_table.h"

namespace ngx {

// A view, as CacheTable is. Every call but announce() and announcements() needs the lock of the memory to be held.
class CacheSpaces {
public:
    using Key = CacheTable::Key;
    using Time = CacheTable::Time;

    // Anybody can make us keep that a token is no good, with as many tokens as he likes: so that has a smaller space of
    // its own, and nothing in one space ever makes room for something in the other.
    enum class Space : std::uint8_t {
        main,
        negative  // an eighth of the memory, or the least a table needs
    };

    static constexpr std::size_t minimum_bytes = 64 + 2 * CacheTable::minimum_bytes;

    // As CacheTable::open().
    static CacheSpaces open(std::span<std::byte> memory, std::uint64_t seed) noexcept;

    // As those of CacheTable. A key is in one space at most: storing it takes it out of the other.
    std::optional<CacheTable::Hit> lookup(const Key& key, Time now, std::size_t limit = CacheTable::whole);
    CacheTable::Stored store(const Key& key, std::string_view bytes, Time expires, Time now, Space space) noexcept;
    void remove(const Key& key) noexcept;
    bool take_reset_notice() noexcept;
    CacheTable::Counters counters(Space space) const noexcept { return table(space).counters(); }

    // Says to all processes that something was stored that others wait for: they look for it when the number of
    // announcements is another than before. It starts again when the memory is not ours.
    void announce() noexcept;
    std::uint64_t announcements() const noexcept;

private:
    struct alignas(64) Front {
        std::uint64_t layout;
        std::uint64_t announcements;
    };

    static constexpr std::uint64_t layout_id = 0x6d63'7063'6163'0002;  // "mcpcac", version 2

    CacheSpaces(std::span<std::byte> memory, std::uint64_t seed) noexcept;

    CacheTable& table(Space space) noexcept { return space == Space::main ? main_ : negative_; }
    const CacheTable& table(Space space) const noexcept { return space == Space::main ? main_ : negative_; }

    Front* front_;
    CacheTable main_, negative_;
};

}  // namespace ngx
