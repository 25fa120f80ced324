#include "oauth/claims_rules.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/ascii.h"

namespace oauth {
namespace {

using TimeClaim = std::expected<std::optional<NumericDate>, Error>;

// Three bytes as one number.
constexpr std::uint32_t packed(std::string_view name) noexcept {
    const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(name[i]); };
    return byte(0) << 16U | byte(1) << 8U | byte(2);
}

// What the rules are about, found in one pass: on the hot path each search by name would be a pass of its own. Some
// authorization servers write null for what they do not have: null means absent.
struct RegisteredClaims {
    explicit RegisteredClaims(const json::Value& claims) {
        claims.each_member([this](std::string_view name, json::Value value) {
            if (auto* claim = named(name); claim != nullptr && value.kind() != json::Kind::null) *claim = value;
            return true;
        });
    }

    std::optional<json::Value> exp, nbf, iat, iss, aud, cnf, token_type;

private:
    std::optional<json::Value>* named(std::string_view name) noexcept {
        if (name.size() != 3) return name == "token_type" ? &token_type : nullptr;
        switch (packed(name)) {
            case packed("exp"):
                return &exp;
            case packed("nbf"):
                return &nbf;
            case packed("iat"):
                return &iat;
            case packed("iss"):
                return &iss;
            case packed("aud"):
                return &aud;
            case packed("cnf"):
                return &cnf;
            default:
                return nullptr;
        }
    }
};

TimeClaim time_claim(const std::optional<json::Value>& value, Rounding rounding) noexcept {
    if (!value) return std::nullopt;
    const auto date = numeric_date(*value, rounding);
    if (!date) return std::unexpected(Error::time_claim_invalid);
    return date;
}

// Dates end with the year 9999, so a leeway within 32 bits cannot make a sum overflow; a longer one is no leeway.
NumericDate bounded(std::chrono::seconds leeway) noexcept {
    return std::clamp<NumericDate>(leeway.count(), 0, std::numeric_limits<std::int32_t>::max());
}

TimeClaim check_expiration(const RegisteredClaims& claims, const ClaimsRules& rules, NumericDate now) noexcept {
    const auto exp = time_claim(claims.exp, Rounding::down);
    if (!exp || rules.ignore_expiration) return exp;
    if (!*exp) {
        if (!rules.allow_missing_expiration) return std::unexpected(Error::expiration_missing);
        return exp;
    }
    if (now >= **exp + bounded(rules.leeway)) return std::unexpected(Error::expired);
    return exp;
}

std::optional<Error> check_not_before(const RegisteredClaims& claims, const ClaimsRules& rules,
                                      NumericDate now) noexcept {
    const auto nbf = time_claim(claims.nbf, Rounding::up);
    if (!nbf) return nbf.error();
    if (*nbf && now < **nbf - bounded(rules.leeway)) return Error::not_yet_valid;
    return std::nullopt;
}

std::optional<Error> check_issuer(const RegisteredClaims& claims, const ClaimsRules& rules) noexcept {
    const auto& accepted = rules.accepted_issuers;
    if (accepted.empty()) return std::nullopt;
    if (!claims.iss) return rules.allow_missing_issuer ? std::nullopt : std::optional(Error::issuer_missing);
    const auto issuer = claims.iss->string();
    if (!issuer || std::ranges::find(accepted, *issuer) == accepted.end()) return Error::issuer_not_accepted;
    return std::nullopt;
}

bool names(const json::Value& aud, std::string_view audience) noexcept {
    if (aud.string() == audience) return true;
    bool found = false;
    aud.each_element([&](const json::Value& element) noexcept {
        found = found || element.string() == audience;
        return !found;
    });
    return found && holds_names(aud);
}

std::optional<Error> check_audience(const RegisteredClaims& claims, const std::vector<std::string>& accepted) noexcept {
    if (accepted.empty()) return std::nullopt;
    if (!claims.aud) return Error::audience_missing;
    if (std::ranges::none_of(accepted, [&](const std::string& audience) { return names(*claims.aud, audience); }))
        return Error::audience_not_accepted;
    return std::nullopt;
}

bool is_sender_constrained(const RegisteredClaims& claims) noexcept {
    // token_type is of an introspection response (RFC 9449 section 6.2).
    const auto type = claims.token_type ? claims.token_type->string() : std::nullopt;
    return claims.cnf || (type && base::equals_ignoring_case(*type, "DPoP"));
}

}  // namespace

bool holds_names(const json::Value& value) noexcept {
    bool well_formed = value.kind() == json::Kind::array;
    value.each_element([&](const json::Value& element) noexcept {
        well_formed = element.kind() == json::Kind::string || element.kind() == json::Kind::null;
        return well_formed;
    });
    return well_formed;
}

std::expected<std::optional<NumericDate>, Error> check_claims(const json::Value& claims_set, const ClaimsRules& rules,
                                                              NumericDate now) noexcept {
    const RegisteredClaims claims(claims_set);
    auto exp = check_expiration(claims, rules, now);
    if (!exp) return exp;
    if (const auto error = check_not_before(claims, rules, now)) return std::unexpected(*error);
    if (const auto iat = time_claim(claims.iat, Rounding::up); !iat) return iat;
    if (const auto error = check_issuer(claims, rules)) return std::unexpected(*error);
    if (const auto error = check_audience(claims, rules.accepted_audiences)) return std::unexpected(*error);
    if (rules.bearer_only && is_sender_constrained(claims)) return std::unexpected(Error::token_sender_constrained);
    return exp;
}

bool audience_contains(const json::Value& claims, std::string_view audience) noexcept {
    const auto aud = claims.member("aud");
    return aud && names(*aud, audience);
}

bool audience_differs_by_case(const json::Value& claims, std::string_view audience) noexcept {
    const auto aud = claims.member("aud");
    if (!aud) return false;
    bool found = false;
    const auto look_at = [&](const json::Value& name) noexcept {
        const auto text = name.string();
        found = found || (text && *text != audience && base::equals_ignoring_case(*text, audience));
        return !found;
    };
    look_at(*aud);
    aud->each_element(look_at);
    return found;
}

ClaimForm form_of(std::string_view claim) noexcept {
    if (claim == "iss" || claim == "client_id") return ClaimForm::string;
    if (claim == "sub" || claim == "jti") return ClaimForm::string_or_number;
    return claim == "aud" ? ClaimForm::string_or_names : ClaimForm::any;
}

bool has_form(const json::Value& value, ClaimForm form) noexcept {
    switch (form) {
        case ClaimForm::any:
            return true;
        case ClaimForm::string:
            return value.string().has_value();
        case ClaimForm::string_or_number:
            return value.string() || value.number();
        case ClaimForm::string_or_names:
            return value.string() || holds_names(value);
    }
    return false;
}

}  // namespace oauth
