#include "oauth/introspection/cached_response.h"

#include <new>

namespace oauth::introspection {

std::expected<std::shared_ptr<const VerifiedToken>, Error> check_cached(TokenCache& cache, const base::Sha256& key,
                                                                        std::string_view body, const ClaimsRules& rules,
                                                                        NumericDate now) noexcept try {
    if (auto known = cache.find(key, body)) {
        // What is there had good times once, so that no error can be about their form.
        const auto claims = check_claims(known->claims(), rules, now);
        if (!claims) return std::unexpected(claims.error());
        return known;
    }
    const auto response = Response::parse(body);
    if (!response) return std::unexpected(response.error());
    auto token = response->check(rules, now);
    if (token) cache.insert(key, body, *token);
    return token;
} catch (const std::bad_alloc&) {
    return std::unexpected(Error::out_of_memory);
}

}  // namespace oauth::introspection
