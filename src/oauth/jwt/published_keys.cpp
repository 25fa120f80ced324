#include "oauth/jwt/published_keys.h"

#include <algorithm>
#include <span>
#include <utility>

namespace oauth::jwt {

bool is_withdrawal(const KeySetError& error) noexcept {
    return error.reason == Error::key_set_unusable && error.skipped.empty();
}

std::expected<JwkSet, std::string> read_published_keys(std::string_view document) {
    auto set = JwkSet::parse_jwks(document);
    if (set) return usable_when_published(*std::move(set));
    if (is_withdrawal(set.error())) return JwkSet();
    return std::unexpected(text(set.error()));
}

std::expected<JwkSet, std::string> usable_when_published(JwkSet set) {
    if (set.keys().empty() || !std::ranges::all_of(set.keys(), &Jwk::is_symmetric)) return set;
    if (!set.lists_public_keys())
        return std::unexpected("the keys are symmetric: anyone who can read them can sign tokens");
    const std::span<const SkippedKey> skipped = set.skipped();
    return std::unexpected(text(KeySetError{Error::key_set_unusable, {skipped.begin(), skipped.end()}}));
}

}  // namespace oauth::jwt
