// The response of token introspection (RFC 7662 section 2.2), and what it makes of a token.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <string_view>

#include "oauth/claims_rules.h"
#include "oauth/error.h"
#include "oauth/server_answer.h"
#include "oauth/verified_token.h"

namespace oauth::introspection {

// nullopt for an answer whose body ResponseReader may read. token_kind_refused is definitive for the token; everything
// else is the server's fault.
std::optional<Error> refusal(const ServerAnswer& answer) noexcept;

// How long an answer may be kept.
struct KeepFor {
    std::chrono::seconds active{60};   // and never past the token's expiration (SPEC 86)
    std::chrono::seconds inactive{0};  // for a definitive "active": false
};

// Of a complete answer without refusal(): 0 for one that is neither good nor "active": false, which says nothing that
// lasts. What is kept are claims: every use reads them by its own rules.
std::chrono::seconds time_to_keep(std::string_view body, const KeepFor& limits, NumericDate now) noexcept;

class ResponseReader {
public:
    static constexpr std::size_t max_bytes = std::size_t{64} * 1024;

    // Only a boolean "active": true counts, with claims of the right types and within `rules` (SPEC 85). "exp" is
    // optional here: set rules.allow_missing_expiration unless it shall be demanded. A cached body is read again at
    // every use, so that times and rules take effect at once.
    // Errors: token_inactive and those of check_claims() are about the token. Those of json::Document, and
    // answer_without_active and answer_claim_invalid, are about the server.
    static std::expected<VerifiedToken, Error> read(std::string_view body, const ClaimsRules& rules,
                                                    NumericDate now) noexcept;
};

}  // namespace oauth::introspection
