#include "oauth/introspection/response.h"

#include <algorithm>
#include <array>
#include <utility>

#include "oauth/json/json.h"

namespace oauth::introspection {
namespace {

// Some servers send null for a claim that they do not have.
bool is_string_or_nothing(const json::Value& claim) noexcept {
    return claim.kind() == json::Kind::string || claim.kind() == json::Kind::null;
}

bool is_string_or_strings(const json::Value& claim) {
    return is_string_or_nothing(claim) || claim.is_array_of_strings();
}

// The string members of RFC 7662 section 2.2. Some servers send scopes as an array.
bool claims_are_well_formed(const json::Value& claims) {
    static constexpr std::array<std::string_view, 6> names = {"client_id", "username", "token_type",
                                                              "sub",       "iss",      "jti"};
    bool well_formed = true;
    claims.each_member([&](std::string_view name, json::Value claim) {
        if (std::ranges::find(names, name) != names.end()) well_formed = is_string_or_nothing(claim);
        if (name == "aud" || name == "scope") well_formed = is_string_or_strings(claim);
        return well_formed;
    });
    return well_formed;
}

}  // namespace

std::optional<Error> refusal(const ServerAnswer& answer) noexcept {
    if (answer.status == 400 && has_error_code(answer, "unsupported_token_type")) return Error::token_kind_refused;
    return server_fault(answer);
}

std::chrono::seconds time_to_keep(std::string_view body, const KeepFor& limits, NumericDate now) noexcept {
    ClaimsRules rules;
    rules.allow_missing_expiration = true;
    const auto token = ResponseReader::read(body, rules, now);
    if (!token) return token.error() == Error::token_inactive ? limits.inactive : std::chrono::seconds(0);
    if (!token->expiration()) return limits.active;
    return std::min(limits.active, std::chrono::seconds(*token->expiration() - now));
}

std::expected<VerifiedToken, Error> ResponseReader::read(std::string_view body, const ClaimsRules& rules,
                                                         NumericDate now) noexcept {
    auto document = json::Document::parse(body, {.max_bytes = max_bytes});
    if (!document) return std::unexpected(document.error());
    const json::Value claims = document->root();

    const auto active = claims.member("active");
    if (!active || !active->boolean()) return std::unexpected(Error::answer_without_active);
    if (!*active->boolean()) return std::unexpected(Error::token_inactive);
    if (!claims_are_well_formed(claims)) return std::unexpected(Error::answer_claim_invalid);

    const auto expiration = check_claims(claims, rules, now);
    if (expiration) return VerifiedToken(std::nullopt, *std::move(document), *expiration);
    const bool malformed = expiration.error() == Error::time_claim_invalid;
    return std::unexpected(malformed ? Error::answer_claim_invalid : expiration.error());
}

}  // namespace oauth::introspection
