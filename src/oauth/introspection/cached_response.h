// Response and TokenCache together: the one way for a module to use an answer that is kept elsewhere as text.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/sha256.h"
#include "oauth/introspection/response.h"
#include "oauth/token_cache.h"

namespace oauth::introspection {

struct CachedVerdict {
    std::expected<std::shared_ptr<const VerifiedToken>, Error> token;
    std::string explanation{};  // as of Response::explain()
};

// As Response::parse(body) and check(). A body that was good before under this key is not parsed again: its claims are
// taken from `cache`, and only checked anew against the rules and the clock. `key` stands for the question: for the
// token, and for who answers. Never throws.
CachedVerdict check_cached(TokenCache& cache, const base::Sha256& key, std::string_view body, const ClaimsRules& rules,
                           NumericDate now) noexcept;

}  // namespace oauth::introspection
