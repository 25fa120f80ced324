// Rules on registered claims that JWTs and introspection responses share (RFC 7519 section 4.1, RFC 7662 section 2.2,
// RFC 9068 section 4).
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "oauth/error.h"
#include "oauth/json/json.h"
#include "oauth/numeric_date.h"

namespace oauth {

struct ClaimsRules {
    std::vector<std::string> accepted_issuers;    // compared exactly; empty: iss is not looked at
    std::vector<std::string> accepted_audiences;  // one of them must be in aud; empty: aud is not looked at
    std::chrono::seconds leeway{0};               // for exp and nbf; negative is none, and 68 years are the most
    bool allow_missing_issuer = false;            // but one that is there must be accepted
    bool allow_missing_expiration = false;
    bool ignore_expiration = false;  // exp is neither required nor compared (but a number, if there is one)
    // Refuses what its client must prove a key for (RFC 8705 section 3.1, RFC 9449 section 6): sent as a plain Bearer
    // token it may be stolen.
    bool bearer_only = false;
};

// Checks exp, nbf, iat (type only), iss, aud, cnf in this order; returns exp when there is one. A claim that is null is
// absent. A token is expired from the second `exp` names on: now >= exp + leeway (RFC 7519 section 4.1.4). aud: an
// empty array names nobody and is refused.
std::expected<std::optional<NumericDate>, Error> check_claims(const json::Value& claims, const ClaimsRules& rules,
                                                              NumericDate now) noexcept;

// True for an array of strings, in which null may stand beside them: some servers write it, and it names nobody. Who
// reads anything else as a name may read one as ours.
bool holds_names(const json::Value& value) noexcept;

// True when aud (a string, or see holds_names()) names `audience` exactly.
bool audience_contains(const json::Value& claims, std::string_view audience) noexcept;

// True when aud names something that differs from `audience` by the case of letters alone.
bool audience_differs_by_case(const json::Value& claims, std::string_view audience) noexcept;

// For whoever compares a claim: what type one may have (RFC 7519 section 4.1, RFC 9068 section 2.2).
enum class ClaimForm : std::uint8_t {
    any,               // a claim of which nothing is known
    string,            // iss, client_id: nobody is several of them
    string_or_number,  // sub, jti: strings, but some servers send numbers
    string_or_names,   // aud, see holds_names()
};
ClaimForm form_of(std::string_view claim) noexcept;
bool has_form(const json::Value& value, ClaimForm form) noexcept;

}  // namespace oauth
