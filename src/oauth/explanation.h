// What differs, when a token was refused: for a line in the operator's log. Nothing of this is for the client, and
// nothing is computed for a token that passes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "oauth/claims_rules.h"
#include "oauth/error.h"
#include "oauth/json/json.h"
#include "oauth/jwt/jwk_set.h"
#include "oauth/jwt/verifier.h"
#include "oauth/numeric_date.h"

namespace oauth {

inline constexpr std::size_t longest_explanation = 500;

// What the error's text leaves open, of a JWT that was judged by these keys and rules: which claim or header parameter
// it was, what came, what would have been accepted, which key was left out. Like
//   iss is "https://a.example", accepted is "https://b.example"
// Empty where the text says all. What the token says is not verified, and chosen by strangers: it is quoted, escaped
// and cut. Never the token, its signature, or who its subject is. Throws std::bad_alloc.
std::string explain(Error error, std::string_view token, std::span<const jwt::JwkSet* const> keys,
                    const jwt::VerificationRules& rules, NumericDate now);

// The same for an error of check_claims().
std::string explain(Error error, const json::Value& claims, const ClaimsRules& rules, NumericDate now);

// Why a scope claim grants nothing at all; empty: it may grant something.
std::string explain_scope(const json::Value& claims);

// Like "a string".
std::string_view kind_name(json::Kind kind) noexcept;

}  // namespace oauth
