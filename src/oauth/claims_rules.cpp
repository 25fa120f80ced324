#include "oauth/claims_rules.h"

#include <algorithm>
#include <limits>

#include "oauth/base/ascii.h"

namespace oauth {
namespace {

using TimeClaim = std::expected<std::optional<NumericDate>, Error>;

TimeClaim time_claim(const json::Value& claims, std::string_view name, Rounding rounding) noexcept {
    const auto value = claims.member(name);
    if (!value) return std::nullopt;
    const auto date = numeric_date(*value, rounding);
    if (!date) return std::unexpected(Error::time_claim_invalid);
    return date;
}

// Dates end with the year 9999, so a leeway within 32 bits cannot make a sum overflow; a longer one is no leeway.
NumericDate bounded(std::chrono::seconds leeway) noexcept {
    return std::clamp<NumericDate>(leeway.count(), 0, std::numeric_limits<std::int32_t>::max());
}

TimeClaim check_expiration(const json::Value& claims, const ClaimsRules& rules, NumericDate now) noexcept {
    const auto exp = time_claim(claims, "exp", Rounding::down);
    if (!exp || rules.ignore_expiration) return exp;
    if (!*exp) {
        if (!rules.allow_missing_expiration) return std::unexpected(Error::expiration_missing);
        return exp;
    }
    if (now >= **exp + bounded(rules.leeway)) return std::unexpected(Error::expired);
    return exp;
}

std::optional<Error> check_not_before(const json::Value& claims, const ClaimsRules& rules, NumericDate now) noexcept {
    const auto nbf = time_claim(claims, "nbf", Rounding::up);
    if (!nbf) return nbf.error();
    if (*nbf && now < **nbf - bounded(rules.leeway)) return Error::not_yet_valid;
    return std::nullopt;
}

std::optional<Error> check_issuer(const json::Value& claims, const ClaimsRules& rules) noexcept {
    const auto& accepted = rules.accepted_issuers;
    if (accepted.empty()) return std::nullopt;
    const auto iss = claims.member("iss");
    if (!iss) return rules.allow_missing_issuer ? std::nullopt : std::optional(Error::issuer_missing);
    const auto issuer = iss->string();
    if (!issuer || std::ranges::find(accepted, *issuer) == accepted.end()) return Error::issuer_not_accepted;
    return std::nullopt;
}

std::optional<Error> check_audience(const json::Value& claims, const std::vector<std::string>& accepted) noexcept {
    if (accepted.empty()) return std::nullopt;
    if (!claims.member("aud")) return Error::audience_missing;
    const auto named = [&](const std::string& audience) { return audience_contains(claims, audience); };
    if (std::ranges::none_of(accepted, named)) return Error::audience_not_accepted;
    return std::nullopt;
}

bool is_sender_constrained(const json::Value& claims) noexcept {
    const auto type = claims.member("token_type");  // of an introspection response (RFC 9449 section 6.2)
    const auto name = type ? type->string() : std::nullopt;
    return claims.member("cnf").has_value() || (name && equals_ignoring_case(*name, "DPoP"));
}

}  // namespace

std::expected<std::optional<NumericDate>, Error> check_claims(const json::Value& claims, const ClaimsRules& rules,
                                                              NumericDate now) noexcept {
    auto exp = check_expiration(claims, rules, now);
    if (!exp) return exp;
    if (const auto error = check_not_before(claims, rules, now)) return std::unexpected(*error);
    if (const auto iat = time_claim(claims, "iat", Rounding::up); !iat) return iat;
    if (const auto error = check_issuer(claims, rules)) return std::unexpected(*error);
    if (const auto error = check_audience(claims, rules.accepted_audiences)) return std::unexpected(*error);
    if (rules.bearer_only && is_sender_constrained(claims)) return std::unexpected(Error::token_sender_constrained);
    return exp;
}

bool audience_contains(const json::Value& claims, std::string_view audience) noexcept {
    const auto aud = claims.member("aud");
    return aud && (aud->string() == audience || aud->string_array_contains(audience));
}

}  // namespace oauth
