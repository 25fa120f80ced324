#include "mcp/known_limit_keys.h"

#include <cstdint>

namespace mcp {

// Multiplicative hashing of both addresses: the next one at the same place takes it.
std::size_t KnownLimitKeys::place(const Token& token, const LimitRule& rule) noexcept {
    constexpr std::uint64_t odd = 0x9E37'79B9'7F4A'7C15;
    const auto number = reinterpret_cast<std::uintptr_t>(token.get()) + 3 * reinterpret_cast<std::uintptr_t>(&rule);
    return static_cast<std::size_t>((number * odd) >> 32U) % most;
}

const base::Sha256* KnownLimitKeys::find(const Token& token, const LimitRule& rule) const noexcept {
    if (entries_.empty()) return nullptr;
    const Entry& entry = entries_[place(token, rule)];
    const bool is_it = entry.rule == &rule && !entry.token.owner_before(token) && !token.owner_before(entry.token);
    return is_it ? &entry.key : nullptr;
}

void KnownLimitKeys::keep(const Token& token, const LimitRule& rule, const base::Sha256& key) {
    if (entries_.empty()) entries_.resize(most);
    entries_[place(token, rule)] = {.token = token, .rule = &rule, .key = key};
}

}  // namespace mcp
