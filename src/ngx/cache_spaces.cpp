#include "ngx/cache_spaces.h"

#include <algorithm>
#include <atomic>

namespace ngx {
namespace {

// Tables begin where the processor's cache lines do.
std::size_t negative_bytes(std::size_t memory_bytes) noexcept {
    return std::max(CacheTable::minimum_bytes, memory_bytes / 8 / 64 * 64);
}

std::span<std::byte> main_part(std::span<std::byte> memory, std::size_t front_bytes) noexcept {
    const std::size_t bytes = memory.size() - front_bytes - negative_bytes(memory.size());
    return memory.subspan(front_bytes, bytes / 64 * 64);
}

std::span<std::byte> negative_part(std::span<std::byte> memory, std::size_t front_bytes) noexcept {
    const auto main = main_part(memory, front_bytes);
    return memory.subspan(front_bytes + main.size(), negative_bytes(memory.size()));
}

}  // namespace

CacheSpaces CacheSpaces::open(std::span<std::byte> memory, std::uint64_t seed) noexcept {
    auto& front = *reinterpret_cast<Front*>(memory.data());
    if (front.layout != layout_id) {
        front = {.layout = layout_id, .announcements = 0};
        // Else values of another layout could stand where a table has its head, and look like one.
        CacheTable::discard(main_part(memory, sizeof(Front)));
        CacheTable::discard(negative_part(memory, sizeof(Front)));
    }
    return {memory, seed};
}

CacheSpaces::CacheSpaces(std::span<std::byte> memory, std::uint64_t seed) noexcept
    : front_(reinterpret_cast<Front*>(memory.data())),
      main_(CacheTable::open(main_part(memory, sizeof(Front)), seed)),
      negative_(CacheTable::open(negative_part(memory, sizeof(Front)), seed)) {}

std::optional<CacheTable::Hit> CacheSpaces::lookup(const Key& key, Time now, std::size_t limit) {
    auto hit = main_.lookup(key, now, limit);
    return hit ? std::move(hit) : negative_.lookup(key, now, limit);
}

// Removed first: a process that dies in between leaves neither, and not a good answer that hides the new one.
CacheTable::Stored CacheSpaces::store(const Key& key, std::string_view bytes, Time expires, Time now,
                                      Space space) noexcept {
    table(space == Space::main ? Space::negative : Space::main).remove(key);
    return table(space).store(key, bytes, expires, now);
}

void CacheSpaces::remove(const Key& key) noexcept {
    main_.remove(key);
    negative_.remove(key);
}

bool CacheSpaces::take_reset_notice() noexcept {
    const bool main_was_reset = main_.take_reset_notice();
    return negative_.take_reset_notice() || main_was_reset;
}

// Whoever sees the new number and then takes the lock finds what was stored before.
void CacheSpaces::announce() noexcept {
    std::atomic_ref(front_->announcements).fetch_add(1, std::memory_order_release);
}

std::uint64_t CacheSpaces::announcements() const noexcept {
    return std::atomic_ref(front_->announcements).load(std::memory_order_acquire);
}

}  // namespace ngx
