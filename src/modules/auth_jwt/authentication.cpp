#include "modules/auth_jwt/authentication.h"

#include <algorithm>

#include "boundary/crossing.h"
#include "boundary/refusal.h"
#include "boundary/refusal_headers.h"
#include "modules/auth_jwt/claim_rule.h"
#include "ngx/config.h"
#include "ngx/log.h"
#include "oauth/bearer.h"
#include "oauth/claim_text.h"
#include "oauth/claims_rules.h"
#include "oauth/explanation.h"
#include "oauth/jwt/cached_verifier.h"

namespace auth_jwt {

using oauth::Error;

namespace {

constexpr std::chrono::seconds time_to_retry{5};
constexpr std::string_view only_matching_kid =
    "auth_jwt_revocation_list_kid is in force, so keys without the kid of the token are left out";

bool is_listed(const std::vector<std::shared_ptr<const RevocationList>>& lists,
               const std::optional<oauth::json::Value>& value) {
    if (lists.empty() || !value || value->kind() == oauth::json::Kind::null) return false;
    const bool is_scalar = oauth::has_form(*value, oauth::ClaimForm::string_or_number);
    const auto text = is_scalar ? oauth::claim_text(*value) : std::nullopt;
    if (!text) return true;  // nobody can list such a value, so nobody can revoke it either
    return std::ranges::any_of(lists, [&](const auto& list) { return list->contains(*text); });
}

bool is_same_source(const KeySource& a, const KeySource& b) noexcept {
    return a.kind == b.kind && a.format == b.format && a.keys == b.keys && a.location == b.location;
}

// Inside of a quoted-string (RFC 9110 section 5.6.4).
void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
}

}  // namespace

ngx_int_t Authentication::proceed() {
    if (passed_) return NGX_OK;
    variables_.begin();
    const ngx_int_t result = steps();
    passed_ = result == NGX_OK;
    return result;
}

ngx_int_t Authentication::steps() {
    if (!credentials_) {
        if (const auto read = read_credentials(); !read) return refuse(read.error());
    }
    const auto verified = verify();
    if (!verified) return refuse(verified.error());
    if (*verified == authority::Progress::waiting) {
        variables_.after_waiting();
        return NGX_AGAIN;
    }
    variables_.token_verified();
    if (const auto checked = check_revocation(); !checked) return refuse(checked.error());
    if (const auto checked = check_claim_rules(); !checked) return refuse(checked.error());
    if (const auto checked = check_required_values(); !checked) return refuse(checked.error());
    if (const auto checked = check_required_scopes(); !checked) return refuse(checked.error());
    return NGX_OK;
}

Authentication::Passed Authentication::read_credentials() {
    if (conf_.auth->token_variable) return read_variable(*conf_.auth->token_variable);
    const auto header = boundary::authorization_of(request_);
    const std::string_view value = header.value_or(std::string_view());
    const auto token = oauth::bearer_token({&value, header ? 1U : 0U});
    if (!token) return std::unexpected(Refusal{token.error(), std::string(oauth::scheme_problem(value))});
    credentials_ = *token;
    return {};
}

Authentication::Passed Authentication::read_variable(ngx_uint_t variable) {
    const ngx_http_variable_value_t* value = ngx_http_get_flushed_variable(request_, variable);
    if (value != nullptr && !value->not_found && value->len > 0) {
        credentials_ = std::string_view(reinterpret_cast<const char*>(value->data), value->len);
        return {};
    }
    // What it was made of may have ended where the token was read before.
    const bool may_have_ended = boundary::nearest_crossing(request_) != nullptr;
    if (may_have_ended && earlier_ != nullptr && earlier_->conf_.auth->token_variable == variable)
        credentials_ = earlier_->credentials_;
    return credentials_ ? Passed() : std::unexpected(Refusal{Error::credentials_missing});
}

// What is wrong with a token whatever the keys are: nobody is asked for keys on its account.
std::optional<Error> Authentication::hopeless() const noexcept {
    return oauth::jwt::Verifier::hopeless(*credentials_, conf_.rules, ngx_time());
}

// nginx lets neither a mirror nor what is included in memory ask for keys: those that the token has been verified with
// before are good again, where the same ones would be asked for.
bool Authentication::verify_with_earlier_keys() {
    if (!conf_.has_variable_keys || !key_names_.empty()) return false;
    for (const KeySource& source : conf_.keys)
        key_names_.emplace_back(source.location != nullptr ? ngx::evaluate(request_, *source.location) : "");
    if (earlier_ == nullptr || earlier_->token_ == nullptr || earlier_->key_names_ != key_names_) return false;
    if (!std::ranges::equal(earlier_->conf_.keys, conf_.keys, is_same_source)) return false;
    auto token =
        oauth::jwt::verify_cached(worker_.tokens, *credentials_, earlier_->keys_.keys(), conf_.rules, ngx_time());
    if (!token) return false;
    token_ = *std::move(token);
    return true;
}

std::expected<authority::Progress, Authentication::Refusal> Authentication::verify() {
    if (verify_with_earlier_keys()) return authority::Progress::ready;
    for (;;) {
        if (keys_.collect([this] { return !hopeless(); }) == authority::Progress::waiting)
            return authority::Progress::waiting;
        auto token = oauth::jwt::verify_cached(worker_.tokens, *credentials_, keys_.keys(), conf_.rules, ngx_time());
        if (token) {
            if (!keys_.trouble().empty())
                ngx::log(NGX_LOG_WARN, request_, "auth_jwt: some keys are not available: " + keys_.trouble());
            token_ = *std::move(token);
            return authority::Progress::ready;
        }
        if (may_depend_on_other_keys(token.error())) {
            if (const auto error = hopeless()) return std::unexpected(refusal_of_token(*error));
            const auto renewal = keys_.renew(*credentials_);
            if (renewal == KeyRing::Renewal::waiting) return authority::Progress::waiting;
            if (renewal == KeyRing::Renewal::begun) continue;
            if (!keys_.trouble().empty()) return std::unexpected(Refusal{keys_.error(), keys_.trouble()});
        }
        return std::unexpected(refusal_of_token(token.error()));
    }
}

bool Authentication::may_depend_on_other_keys(Error error) const noexcept {
    return conf_.has_variable_keys && oauth::jwt::Verifier::depends_on_keys(error);
}

Authentication::Refusal Authentication::refusal_of_token(Error error) const {
    std::string detail = oauth::explain(error, *credentials_, keys_.keys(), conf_.rules, ngx_time());
    if (error == Error::key_not_found && conf_.rules.require_matching_kid)
        detail.append("; ").append(only_matching_kid);
    return {error, std::move(detail)};
}

Authentication::Passed Authentication::check_revocation() const {
    if (is_listed(conf_.revoked_subjects, token_->claims().member("sub")))
        return std::unexpected(Refusal{Error::subject_revoked});
    const auto header = token_->header();
    if (header && is_listed(conf_.revoked_kids, header->member("kid")))
        return std::unexpected(Refusal{Error::key_revoked});
    return {};
}

Authentication::Passed Authentication::check_claim_rules() const {
    for (const ClaimRule& rule : conf_.claim_rules) {
        const auto met = check(rule, *token_, conf_.rules.claims.leeway, request_, worker_.expected);
        if (!met) return std::unexpected(Refusal{Error::requirement_failed, explain(rule, met.error(), *token_)});
    }
    return {};
}

Authentication::Passed Authentication::check_required_values() const {
    const auto missing = boundary::first_missing(request_, conf_.required_values);
    if (!missing) return {};
    return std::unexpected(
        Refusal{Error::requirement_failed, ngx::in_quotes(*missing->name) + " is empty or \"0\"", missing->status});
}

Authentication::Passed Authentication::check_required_scopes() const {
    auto refusal = boundary::check_scopes(request_, conf_.required_scopes, token_->claims());
    if (!refusal) return {};
    const bool insufficient = refusal->reason == boundary::ScopeRefusal::Reason::insufficient;
    return std::unexpected(Refusal{insufficient ? Error::scope_insufficient : Error::internal,
                                   std::move(refusal->detail), refusal->status});
}

ngx_int_t Authentication::refuse(const Refusal& refusal) {
    log(refusal);
    const bool lacks_scope = refusal.error == Error::scope_insufficient;
    const ngx_int_t status = refusal.status.value_or(oauth::describe(refusal.error).http_status);
    boundary::begin_refusal(request_, status);
    if (status == NGX_HTTP_UNAUTHORIZED) forget_token();
    if (lacks_scope && boundary::means_forbidden(status)) {
        add_challenge(refusal.error, NGX_HTTP_FORBIDDEN);
    } else if (status == NGX_HTTP_UNAUTHORIZED) {
        add_challenge(refusal.error, status);
    }
    if (oauth::describe(refusal.error).http_status == NGX_HTTP_SERVICE_UNAVAILABLE)
        boundary::add_retry_after(request_, status, time_to_retry);
    if (!lacks_scope) return status;
    return boundary::refuse_as_forbidden(request_, conf_.phase.value_or(ngx::Phase::access), status);
}

// Error pages and the access log must not show claims that were not accepted.
void Authentication::forget_token() noexcept {
    if (token_ == nullptr) return;
    token_.reset();
    variables_.token_refused();
}

void Authentication::log(const Refusal& refusal) const {
    const oauth::ErrorInfo& info = oauth::describe(refusal.error);
    std::string line = "auth_jwt: " + std::string(info.name) + ": " + std::string(info.text);
    if (!refusal.detail.empty()) line += ": " + refusal.detail;
    ngx::log(log_level(refusal.error), request_, line);
}

ngx_uint_t Authentication::log_level(Error error) const noexcept {
    if (keys_.is_limited() && keys_.error() == error) return worker_.questions.level_of_refusal();
    return boundary::log_level_of(request_, error);
}

void Authentication::add_challenge(Error error, ngx_int_t status) const {
    const boundary::ChallengeSetting setting = conf_.challenge.value_or(boundary::ChallengeSetting{});
    std::string standard = "Bearer realm=\"";
    append_escaped(standard, ngx::evaluate(request_, *conf_.auth->realm));
    standard += '"';
    // RFC 6750 section 3.1: no error code for a request without credentials.
    const std::string_view code = oauth::describe(error).oauth_error;
    if (!code.empty()) standard += ", error=\"" + std::string(code) + '"';
    if (error == Error::scope_insufficient) standard += boundary::scope_attribute(request_, conf_.required_scopes);
    boundary::add_challenge(request_, setting, standard, status);
}

}  // namespace auth_jwt
