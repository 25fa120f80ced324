#include "modules/auth_oauth2_token/authentication.h"

#include <string>
#include <string_view>
#include <utility>

#include "boundary/crossing.h"
#include "boundary/refusal.h"
#include "boundary/refusal_headers.h"
#include "ngx/config.h"
#include "ngx/log.h"
#include "ngx/string.h"
#include "oauth/bearer.h"
#include "oauth/claims_rules.h"
#include "oauth/jwt/compact_jws.h"

namespace auth_oauth2_token {

using oauth::Error;
namespace json = oauth::json;

namespace {

constexpr std::size_t max_token_bytes = std::size_t{16} * 1024;

}  // namespace

ngx_int_t Authentication::proceed() {
    if (passed_) return NGX_OK;
    variables_.begin();
    const auto progress = steps();
    if (!progress) return refuse(progress.error());
    if (*progress == authority::Progress::waiting) {
        variables_.after_waiting();
        return NGX_AGAIN;
    }
    passed_ = true;
    return NGX_OK;
}

std::expected<authority::Progress, Refusal> Authentication::steps() {
    if (!credentials_) {
        if (const auto read = read_credentials(); !read) return std::unexpected(read.error());
    }
    if (conf_.introspects) {
        const auto progress =
            introspection_.proceed(*credentials_, earlier_ != nullptr ? &earlier_->introspection_ : nullptr);
        if (!progress || *progress == authority::Progress::waiting) return progress;
        variables_.token_verified();
        if (const auto checked = check_required_audiences(); !checked) return std::unexpected(checked.error());
        if (const auto checked = check_required_values(); !checked) return std::unexpected(checked.error());
        if (const auto checked = check_required_scopes(); !checked) return std::unexpected(checked.error());
    }
    if (conf_.exchanges) {
        const auto progress = exchange_.proceed(*credentials_, earlier_ != nullptr ? &earlier_->exchange_ : nullptr);
        if (!progress || *progress == authority::Progress::waiting) return progress;
    }
    return authority::Progress::ready;
}

std::expected<void, Refusal> Authentication::read_credentials() {
    if (earlier_ != nullptr && earlier_->credentials_) {  // the header may have been changed since then
        credentials_ = earlier_->credentials_;
        return {};
    }
    const auto header = boundary::authorization_of(request_);
    const std::string_view value = header.value_or(std::string_view());
    const auto token = oauth::bearer_token({&value, header ? 1U : 0U});
    if (!token) return std::unexpected(Refusal{token.error(), std::string(oauth::scheme_problem(value))});
    if (token->size() > max_token_bytes) return std::unexpected(Refusal{Error::token_too_large});
    // The authorization server may leave it out of its answer, and is not even asked where tokens are only exchanged.
    if (oauth::jwt::says_sender_constrained(*token)) return std::unexpected(Refusal{Error::token_sender_constrained});
    credentials_ = *token;
    return {};
}

std::expected<void, Refusal> Authentication::check_required_audiences() const {
    const json::Value claims = introspection_.token()->claims();
    for (const RequiredAudience& required : conf_.required_audiences) {
        bool named = false;
        bool nearly_named = false;
        for (ngx_http_complex_value_t* value : required.audiences) {
            const std::string_view audience = ngx::evaluate(request_, *value);
            if (audience.empty()) continue;
            named = named || oauth::audience_contains(claims, audience);
            nearly_named = nearly_named || oauth::audience_differs_by_case(claims, audience);
        }
        if (named) continue;
        // "or=" is mostly a "map", which compares without case.
        if (nearly_named)
            return std::unexpected(Refusal{Error::audience_not_accepted, "its name differs in upper and lower case"});
        if (!required.otherwise || !boundary::is_true(ngx::evaluate(request_, **required.otherwise)))
            return std::unexpected(Refusal{Error::audience_not_accepted});
    }
    return {};
}

std::expected<void, Refusal> Authentication::check_required_values() const {
    const auto missing = boundary::first_missing(request_, conf_.required_values);
    if (!missing) return {};
    return std::unexpected(Refusal{.error = Error::requirement_failed,
                                   .detail = ngx::in_quotes(*missing->name) + " is empty or \"0\"",
                                   .status = missing->status});
}

std::expected<void, Refusal> Authentication::check_required_scopes() const {
    auto refusal = boundary::check_scopes(request_, conf_.required_scopes, introspection_.token()->claims());
    if (!refusal) return {};
    const bool insufficient = refusal->reason == boundary::ScopeRefusal::Reason::insufficient;
    return std::unexpected(Refusal{.error = insufficient ? Error::scope_insufficient : Error::internal,
                                   .detail = std::move(refusal->detail),
                                   .status = refusal->status});
}

ngx_int_t Authentication::refuse(const Refusal& refusal) {
    log(refusal);
    const oauth::ErrorInfo& info = oauth::describe(refusal.error);
    const bool lacks_scope = refusal.error == Error::scope_insufficient;
    const ngx_int_t status = refusal.status.value_or(info.http_status);
    boundary::begin_refusal(request_, status);
    if (status == NGX_HTTP_UNAUTHORIZED) {
        refused_ = true;
        if (introspection_.token() != nullptr) variables_.token_refused();
    }
    if (lacks_scope && boundary::means_forbidden(status)) {
        add_challenge(refusal.error, NGX_HTTP_FORBIDDEN);
    } else if (status == NGX_HTTP_UNAUTHORIZED) {
        add_challenge(refusal.error, status);
    }
    if (info.http_status == NGX_HTTP_SERVICE_UNAVAILABLE)
        boundary::add_retry_after(request_, status, refusal.retry_after);
    if (!lacks_scope) return status;
    return boundary::refuse_as_forbidden(request_, conf_.phase.value_or(ngx::Phase::access), status);
}

void Authentication::add_challenge(Error error, ngx_int_t status) const {
    std::string standard = "Bearer";
    // RFC 6750 section 3.1: no error code for a request without credentials.
    const std::string_view code = oauth::describe(error).oauth_error;
    if (!code.empty()) standard += " error=\"" + std::string(code) + '"';
    if (error == Error::scope_insufficient) standard += boundary::scope_attribute(request_, conf_.required_scopes);
    boundary::add_challenge(request_, conf_.challenge.value_or(boundary::ChallengeSetting{}), standard, status);
}

void Authentication::log(const Refusal& refusal) const {
    const oauth::ErrorInfo& info = oauth::describe(refusal.error);
    std::string line = "auth_oauth2_token: " + std::string(info.name) + ": " + std::string(info.text);
    if (!refusal.detail.empty()) line += ": " + refusal.detail;
    if (refusal.error == Error::token_inactive) line += introspection_.description();
    ngx::log(log_level(refusal.error), request_, line);
}

ngx_uint_t Authentication::log_level(Error error) const noexcept {
    if (error == Error::server_requests_limited) return worker_.questions.level_of_refusal();
    return boundary::log_level_of(request_, error);
}

}  // namespace auth_oauth2_token
