// Verification of a JWT access token (RFC 7515 section 5.2, RFC 7519 section 7.2, RFC 8725).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "oauth/claims_rules.h"
#include "oauth/error.h"
#include "oauth/jwt/algorithm.h"
#include "oauth/jwt/jwk_set.h"
#include "oauth/verified_token.h"

namespace oauth::jwt {

// RFC 8725 section 3.11: the kinds of JWT exclude one another. typ is compared case-insensitively, and
// "application/" may be left out (RFC 7515 section 4.1.9).
enum class TypeRule : std::uint8_t {
    not_another_kind,   // no typ, "JWT", "at+jwt" and private types pass; known other kinds (dpop+jwt, logout+jwt,
                        // secevent+jwt, oauth-id-jag+jwt, token-introspection+jwt, ...) do not
    access_token_only,  // "at+jwt" (RFC 9068 section 4)
};

struct VerificationRules {
    ClaimsRules claims;
    AlgorithmSet allowed_algorithms = AlgorithmSet::all();
    TypeRule type = TypeRule::not_another_kind;
    // The token must name its key, and only a key of that very name verifies it: for whoever revokes keys by name.
    bool require_matching_kid = false;
    // A set that holds public keys and symmetric keys: the symmetric ones do not verify unless this is true.
    bool allow_symmetric_beside_public_keys = false;
    // Takes the token's word for everything. Only for a hop behind another verifier.
    bool accept_any_signature = false;
    std::size_t max_token_bytes = std::size_t{16} * 1024;
};

class Verifier {
public:
    // The token is split, its header read, a key chosen (by kid where the token names one; at most max_candidates keys
    // are tried), the signature verified, and only then the payload parsed and its claims checked. Keys with the
    // token's kid come first, then those without kid (without kid in the token: all) unless rules.require_matching_kid,
    // in the order of `keys`. `now` in seconds. Errors: those of the token, key and claims groups of Error; never an
    // exception.
    static std::expected<VerifiedToken, Error> verify(std::string_view token, std::span<const JwkSet* const> keys,
                                                      const VerificationRules& rules, NumericDate now) noexcept;

    // More keys than these may have signed a token only where keys have no kid, or the token has none, or many have
    // one kid. When none of those tried did, the error is too_many_candidate_keys.
    static constexpr std::size_t max_candidates = 8;

    // Why no key whatever could make the token a good one: its form, its header, or what it says itself of its time,
    // issuer and audience. Nobody has verified that, so it is good for refusing the token without any key, and for
    // nothing else. nullopt: it depends on the keys. Costs as much as verify() without its signature.
    static std::optional<Error> hopeless(std::string_view token, const VerificationRules& rules,
                                         NumericDate now) noexcept;

    // True for errors of verify() that other keys could have made good.
    static bool depends_on_keys(Error error) noexcept;
    // True for errors of verify() that it found by the work of verifying a signature.
    static bool has_verified(Error error) noexcept;
};

}  // namespace oauth::jwt
