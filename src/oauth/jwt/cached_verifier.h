// Verifier and TokenCache together: the one way for a module to verify a JWT on the hot path.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string_view>

#include "oauth/jwt/verifier.h"
#include "oauth/token_cache.h"

namespace oauth::jwt {

// As Verifier::verify(). A token that these keys and rules verified before is taken from `cache`, and then only its
// claims are checked anew against the rules and the clock. Never throws.
std::expected<std::shared_ptr<const VerifiedToken>, Error> verify_cached(TokenCache& cache, std::string_view token,
                                                                         std::span<const JwkSet* const> keys,
                                                                         const VerificationRules& rules,
                                                                         NumericDate now) noexcept;

// Only the first half: null where no kept token says that this one is good. Never throws.
std::shared_ptr<const VerifiedToken> find_verified(TokenCache& cache, std::string_view token,
                                                   std::span<const JwkSet* const> keys, const VerificationRules& rules,
                                                   NumericDate now) noexcept;

}  // namespace oauth::jwt
