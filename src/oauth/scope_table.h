// Scopes as bits: the names a configuration uses are numbered once at load, implications are closed then, and a request
// compares sets of bits (RFC 6749 section 3.3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oauth/json/json.h"

namespace oauth {

class ScopeSet {
public:
    static constexpr std::size_t capacity = 256;

    void insert(std::size_t index) noexcept { words_[index / 64] |= std::uint64_t{1} << (index % 64); }
    bool contains(std::size_t index) const noexcept { return (words_[index / 64] >> (index % 64) & 1U) != 0; }
    bool empty() const noexcept { return words_ == decltype(words_){}; }
    ScopeSet& operator|=(const ScopeSet& other) noexcept;
    ScopeSet without(const ScopeSet& other) const noexcept;
    friend bool operator==(const ScopeSet&, const ScopeSet&) = default;

private:
    std::array<std::uint64_t, capacity / 64> words_{};
};

// Filled at load, then compiled, then read only.
class ScopeTable {
public:
    // The bit of a name, which is added when it is new. nullopt: not a scope token, or ScopeSet::capacity names
    // already.
    std::optional<std::size_t> intern(std::string_view name);
    void imply(std::size_t broad, std::size_t narrow) { implications_.emplace_back(broad, narrow); }

    // Closes the implications. Returns the name of a scope that implies itself, or nullopt when all is well.
    std::optional<std::string> compile();

    // What a token's "scope" or "scp" grants of the scopes known here, with everything that they imply. Scopes that no
    // rule names do not count.
    ScopeSet granted(const json::Value& claims) const;

    // The scopes with everything that they imply.
    ScopeSet with_implied(const ScopeSet& scopes) const noexcept;

    // Space-separated names, in the order in which they were added.
    std::string names(const ScopeSet& scopes) const;

private:
    std::optional<std::size_t> find(std::string_view name) const noexcept;

    std::vector<std::string> names_;
    std::vector<std::pair<std::size_t, std::size_t>> implications_;
    std::vector<ScopeSet> closed_;  // by index: the scope itself and all that it implies
};

}  // namespace oauth
