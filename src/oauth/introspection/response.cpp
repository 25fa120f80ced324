#include "oauth/introspection/response.h"

#include <algorithm>
#include <array>
#include <new>
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

// One that is no date is found by check(), which hands out no token then.
std::optional<NumericDate> expiration_of(const json::Value& claims) noexcept {
    const auto exp = claims.member("exp");
    return exp ? numeric_date(*exp, Rounding::down) : std::nullopt;
}

}  // namespace

std::optional<Error> refusal(const ServerAnswer& answer) noexcept {
    if (answer.status == 400 && has_error_code(answer, "unsupported_token_type")) return Error::token_kind_refused;
    return server_fault(answer);
}

std::expected<Response, Error> Response::parse(std::string_view body) noexcept try {
    auto document = json::Document::parse(body, {.max_bytes = max_bytes, .keep_large_numbers = true});
    if (!document) return std::unexpected(document.error());
    const json::Value claims = document->root();

    const auto active = claims.member("active");
    if (!active || !active->boolean()) return std::unexpected(Error::answer_without_active);
    if (!*active->boolean()) return std::unexpected(Error::token_inactive);
    if (!claims_are_well_formed(claims)) return std::unexpected(Error::answer_claim_invalid);
    const auto expiration = expiration_of(claims);
    return Response(
        std::make_shared<const VerifiedToken>(VerifiedToken(std::nullopt, *std::move(document), expiration)));
} catch (const std::bad_alloc&) {
    return std::unexpected(Error::out_of_memory);
}

std::expected<std::shared_ptr<const VerifiedToken>, Error> Response::check(const ClaimsRules& rules,
                                                                           NumericDate now) const noexcept {
    const auto checked = check_claims(token_->claims(), rules, now);
    if (checked) return token_;
    const bool malformed = checked.error() == Error::time_claim_invalid;
    return std::unexpected(malformed ? Error::answer_claim_invalid : checked.error());
}

std::chrono::seconds Response::time_to_keep(const KeepFor& limits, NumericDate now) const noexcept {
    ClaimsRules rules;
    rules.allow_missing_expiration = true;
    if (!check(rules, now)) return std::chrono::seconds(0);
    if (!token_->expiration()) return limits.active;
    return std::min(limits.active, std::chrono::seconds(*token_->expiration() - now));
}

std::chrono::seconds time_to_keep(const std::expected<Response, Error>& response, const KeepFor& limits,
                                  NumericDate now) noexcept {
    if (response) return response->time_to_keep(limits, now);
    return response.error() == Error::token_inactive ? limits.inactive : std::chrono::seconds(0);
}

}  // namespace oauth::introspection
