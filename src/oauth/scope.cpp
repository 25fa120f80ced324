#include "oauth/scope.h"

#include <algorithm>

namespace oauth {
namespace {

constexpr bool is_scope_character(char c) noexcept {
    return c >= 0x21 && c <= 0x7E && c != '"' && c != '\\';
}

}  // namespace

bool is_scope_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_scope_character);
}

std::string_view scope_mistake(std::string_view scope) noexcept {
    if (scope.contains(',')) return "has a comma";
    const std::size_t equals = scope.find('=');
    if (equals != std::string_view::npos && !scope.substr(0, equals).contains(':'))
        return "has a \"=\", as a misspelt parameter has";
    return {};
}

std::optional<ScopeClaim> ScopeClaim::of(const json::Value& claims) noexcept {
    for (const std::string_view name : {"scope", "scp"})
        if (const auto value = claims.member(name); value && value->kind() != json::Kind::null)
            return ScopeClaim{name, *value};
    return std::nullopt;
}

bool ScopeClaim::is_well_formed() const noexcept {
    return value.string() || value.is_array_of_strings();
}

bool scope_contains(const json::Value& claims, std::string_view scope) noexcept {
    bool found = false;
    each_granted_scope(claims, [&](std::string_view granted) { found = found || granted == scope; });
    return found && is_scope_token(scope);
}

}  // namespace oauth
