#include "oauth/shown_claims.h"

#include <array>
#include <string_view>

#include "oauth/scope.h"

namespace oauth {

std::optional<json::Value> client_claim(const json::Value& claims) noexcept {
    static constexpr std::array<std::string_view, 4> names = {"client_id", "azp", "cid", "appid"};
    for (const std::string_view name : names)
        if (const auto claim = claims.present(name)) return claim;
    return std::nullopt;
}

std::optional<std::string> granted_scopes(const json::Value& claims) {
    const auto claim = ScopeClaim::of(claims);
    if (!claim || !claim->is_well_formed()) return std::nullopt;
    if (const auto text = claim->value.string()) return std::string(*text);
    std::string joined;
    each_granted_scope(claims, [&](std::string_view scope) {
        if (!is_scope_token(scope)) return;
        if (!joined.empty()) joined += ' ';
        joined += scope;
    });
    return joined;
}

}  // namespace oauth
