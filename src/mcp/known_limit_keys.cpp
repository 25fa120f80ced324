#include "mcp/known_limit_keys.h"

#include <cstdint>
#include <new>

namespace mcp {

// Two multiplications: tokens that are made one after the other are as far apart as the one before, and one would put
// them into few places.
std::size_t KnownLimitKeys::place(const Token& token, const LimitRule& rule) noexcept {
    std::uint64_t mixed = reinterpret_cast<std::uintptr_t>(token.get()) * 0x9E37'79B9'7F4A'7C15;
    mixed ^= (mixed >> 32U) ^ reinterpret_cast<std::uintptr_t>(&rule);
    mixed *= 0xFF51'AFD7'ED55'8CCD;
    return static_cast<std::size_t>(mixed >> 48U) % places;
}

const base::Sha256* KnownLimitKeys::find(const Token& token, const LimitRule& rule) const noexcept {
    if (entries_.empty()) return nullptr;
    const Entry& entry = entries_[place(token, rule)];
    const bool is_it = entry.rule == &rule && !entry.token.owner_before(token) && !token.owner_before(entry.token);
    return is_it ? &entry.key : nullptr;
}

void KnownLimitKeys::keep(const Token& token, const LimitRule& rule, const base::Sha256& key) noexcept {
    try {
        if (entries_.empty()) entries_.resize(places);
    } catch (const std::bad_alloc&) {
        return;
    }
    entries_[place(token, rule)] = {.token = token, .rule = &rule, .key = key};
}

}  // namespace mcp
