#include "oauth/introspection/response.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "oauth/error_answer.h"
#include "oauth/explanation.h"
#include "oauth/json/json.h"

namespace oauth::introspection {
namespace {

using json::Kind;

bool is_string(const json::Value& claim) noexcept {
    return claim.kind() == Kind::string;
}

// Some servers number their users and clients.
bool is_name(const json::Value& claim) noexcept {
    return is_string(claim) || claim.kind() == Kind::integer;
}

// Some servers send scopes as an array.
bool is_scope(const json::Value& claim) {
    return is_string(claim) || claim.is_array_of_strings();
}

bool is_audience(const json::Value& claim) {
    return is_string(claim) || holds_names(claim);
}

// The members of RFC 7662 section 2.2 that are no times, but "iss": who compares it finds what it is.
struct ClaimType {
    std::string_view name;
    bool (*fits)(const json::Value&);
};
constexpr std::array<ClaimType, 7> claim_types = {{{"client_id", is_name},
                                                   {"username", is_name},
                                                   {"token_type", is_string},
                                                   {"sub", is_name},
                                                   {"jti", is_name},
                                                   {"aud", is_audience},
                                                   {"scope", is_scope}}};

// null means absent.
bool claims_are_well_formed(const json::Value& claims) {
    return std::ranges::all_of(claim_types, [&](const ClaimType& type) {
        const auto claim = claims.present(type.name);
        return !claim || type.fits(*claim);
    });
}

// What a 400 or 401 says about the token, if it does.
std::optional<Error> token_refusal(const ServerAnswer& answer) noexcept {
    if (answer.status != 400 && answer.status != 401) return std::nullopt;
    const ErrorAnswer said(answer);
    if (said.demands_basic()) return std::nullopt;
    if (said.says_only("invalid_token") || said.says_only_inactive()) return Error::token_inactive;
    if (answer.status == 400 && said.says_only("unsupported_token_type")) return Error::token_kind_refused;
    return std::nullopt;
}

// One that is no date is found by check(), which hands out no token then.
std::optional<NumericDate> expiration_of(const json::Value& claims) noexcept {
    const auto exp = claims.present("exp");
    return exp ? numeric_date(*exp, Rounding::down) : std::nullopt;
}

}  // namespace

std::optional<Error> refusal(const ServerAnswer& answer) noexcept {
    const auto about_token = token_refusal(answer);
    return about_token ? about_token : server_fault(answer);
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
    const auto iss = token_->claims().present("iss");
    const bool malformed = checked.error() == Error::time_claim_invalid ||
                           (checked.error() == Error::issuer_not_accepted && iss && !is_string(*iss));
    return std::unexpected(malformed ? Error::answer_claim_invalid : checked.error());
}

std::string Response::explain(Error error, const ClaimsRules& rules, NumericDate now) const {
    return oauth::explain(error, token_->claims(), rules, now);
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
