#include "oauth/jwt/published_keys.h"

#include <algorithm>
#include <span>
#include <utility>

namespace oauth::jwt {

std::expected<JwkSet, std::string> usable_when_published(JwkSet set) {
    if (set.keys().empty() || !std::ranges::all_of(set.keys(), &Jwk::is_symmetric)) return set;
    if (!set.lists_public_keys())
        return std::unexpected("the keys are symmetric: anyone who can read them can sign tokens");
    const std::span<const SkippedKey> skipped = set.skipped();
    return std::unexpected(text(KeySetError{Error::key_set_unusable, {skipped.begin(), skipped.end()}}));
}

}  // namespace oauth::jwt
