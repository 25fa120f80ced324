// The response of token introspection (RFC 7662 section 2.2), and what it makes of a token.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "oauth/claims_rules.h"
#include "oauth/error.h"
#include "oauth/server_answer.h"
#include "oauth/verified_token.h"

namespace oauth::introspection {

// nullopt for an answer whose body Response may parse. token_kind_refused and token_inactive are about the token;
// everything else is the server's fault.
//
// RFC 7662 section 2.2 has 200 and "active": false for every token that is no good, and section 2.3 a 401 for a client
// that is not authenticated. Some servers say the former by a 400 or 401. That is believed when the answer speaks of
// the token (an "invalid_token", or "active": false and no error) and of nothing else: not when it asks for Basic. It
// must not be kept: a server that tells nobody why it refuses us would have refused every token.
std::optional<Error> refusal(const ServerAnswer& answer) noexcept;

// How long an answer may be kept.
struct KeepFor {
    std::chrono::seconds active{60};   // and never past the token's expiration (SPEC 86)
    std::chrono::seconds inactive{0};  // for a definitive "active": false
};

// An answer that says "active": true, with claims of the right types (SPEC 85). It is parsed once, and checked as often
// as somebody shows the token, by whatever rules and at whatever time: copies share the claims.
class Response {
public:
    static constexpr std::size_t max_bytes = std::size_t{64} * 1024;

    // Only a boolean true counts. Errors: token_inactive is about the token, whatever else the answer holds. Those of
    // json::Document, answer_without_active and answer_claim_invalid are about the server. out_of_memory.
    static std::expected<Response, Error> parse(std::string_view body) noexcept;

    // Within `rules`, now. "exp" is optional here: set rules.allow_missing_expiration unless it shall be demanded.
    // Errors: those of check_claims() are about the token; answer_claim_invalid, for a time that is none, is about the
    // server.
    std::expected<std::shared_ptr<const VerifiedToken>, Error> check(const ClaimsRules& rules,
                                                                     NumericDate now) const noexcept;

    // What differs, for the log, when check() said `error`: see oauth::explain(). Throws std::bad_alloc.
    std::string explain(Error error, const ClaimsRules& rules, NumericDate now) const;

    // 0 for one that is not good now, which says nothing that lasts. What is kept are claims: every use checks them by
    // its own rules.
    std::chrono::seconds time_to_keep(const KeepFor& limits, NumericDate now) const noexcept;

private:
    explicit Response(std::shared_ptr<const VerifiedToken> token) noexcept : token_(std::move(token)) {}

    std::shared_ptr<const VerifiedToken> token_;  // handed out by check() alone
};

// The same for whatever parse() made of an answer without refusal().
std::chrono::seconds time_to_keep(const std::expected<Response, Error>& response, const KeepFor& limits,
                                  NumericDate now) noexcept;

}  // namespace oauth::introspection
