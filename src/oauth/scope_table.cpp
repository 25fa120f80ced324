#include "oauth/scope_table.h"

#include <algorithm>

#include "oauth/scope.h"

namespace oauth {

ScopeSet& ScopeSet::operator|=(const ScopeSet& other) noexcept {
    for (std::size_t i = 0; i < words_.size(); i++)
        words_[i] |= other.words_[i];
    return *this;
}

ScopeSet ScopeSet::without(const ScopeSet& other) const noexcept {
    ScopeSet rest = *this;
    for (std::size_t i = 0; i < words_.size(); i++)
        rest.words_[i] &= ~other.words_[i];
    return rest;
}

std::optional<std::size_t> ScopeTable::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(names_, name);  // a configuration names a handful: a scan beats a hash
    if (found == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names_.begin());
}

std::optional<std::size_t> ScopeTable::intern(std::string_view name) {
    if (const auto known = find(name)) return known;
    if (!is_scope_token(name) || names_.size() == ScopeSet::capacity) return std::nullopt;
    names_.emplace_back(name);
    return names_.size() - 1;
}

std::optional<std::string> ScopeTable::compile() {
    std::vector<ScopeSet> implied(names_.size());  // without the scope itself, so that a cycle shows
    for (bool grown = true; grown;) {
        grown = false;
        for (const auto& [broad, narrow] : implications_) {
            ScopeSet next = implied[broad];
            next.insert(narrow);
            next |= implied[narrow];
            grown = grown || next != implied[broad];
            implied[broad] = next;
        }
    }
    for (std::size_t i = 0; i < implied.size(); i++) {
        if (implied[i].contains(i)) return names_[i];
        implied[i].insert(i);
    }
    closed_ = std::move(implied);
    return std::nullopt;
}

ScopeSet ScopeTable::granted(const json::Value& claims) const {
    ScopeSet scopes;
    each_granted_scope(claims, [&](std::string_view name) {
        if (const auto index = find(name)) scopes |= closed_[*index];
    });
    return scopes;
}

ScopeSet ScopeTable::with_implied(const ScopeSet& scopes) const noexcept {
    ScopeSet all;
    for (std::size_t i = 0; i < closed_.size(); i++)
        if (scopes.contains(i)) all |= closed_[i];
    return all;
}

std::string ScopeTable::names(const ScopeSet& scopes) const {
    std::string text;
    for (std::size_t i = 0; i < names_.size(); i++) {
        if (!scopes.contains(i)) continue;
        if (!text.empty()) text += ' ';
        text += names_[i];
    }
    return text;
}

}  // namespace oauth
