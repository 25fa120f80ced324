#include "oauth/scope.h"

#include <algorithm>

namespace oauth {
namespace {

constexpr bool is_scope_character(char c) noexcept {
    return c >= 0x21 && c <= 0x7E && c != '"' && c != '\\';
}

bool grants(const json::Value& granted, std::string_view scope) noexcept {
    const auto equals = [scope](std::string_view token) { return token == scope; };
    if (const auto text = granted.string()) return std::ranges::any_of(ScopeTokens(*text), equals);
    return granted.string_array_contains(scope);
}

}  // namespace

bool is_scope_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_scope_character);
}

bool scope_contains(const json::Value& claims, std::string_view scope) noexcept {
    if (!is_scope_token(scope)) return false;
    if (const auto granted = claims.member("scope")) return grants(*granted, scope);
    if (const auto granted = claims.member("scp")) return grants(*granted, scope);
    return false;
}

}  // namespace oauth
