#include "oauth/introspection/cached_response.h"

#include <new>
#include <utility>

#include "oauth/explanation.h"

namespace oauth::introspection {

CachedVerdict check_cached(TokenCache& cache, const base::Sha256& key, std::string_view body, const ClaimsRules& rules,
                           NumericDate now) noexcept try {
    if (auto known = cache.find(key, body)) {
        // What is there had good times once, so that no error can be about their form.
        const auto claims = check_claims(known->claims(), rules, now);
        if (claims) return {std::move(known)};
        return {std::unexpected(claims.error()), explain(claims.error(), known->claims(), rules, now)};
    }
    const auto response = Response::parse(body);
    if (!response) return {std::unexpected(response.error())};
    auto token = response->check(rules, now);
    if (!token) return {token, response->explain(token.error(), rules, now)};
    cache.insert(key, body, *token);
    return {std::move(token)};
} catch (const std::bad_alloc&) {
    return {std::unexpected(Error::out_of_memory)};
}

}  // namespace oauth::introspection
