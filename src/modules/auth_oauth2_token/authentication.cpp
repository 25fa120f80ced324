#include "modules/auth_oauth2_token/authentication.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "boundary/crossing.h"
#include "ngx/config.h"
#include "ngx/header.h"
#include "ngx/log.h"
#include "ngx/string.h"
#include "oauth/bearer.h"
#include "oauth/jwt/compact_jws.h"

namespace auth_oauth2_token {

using oauth::Error;

namespace {

constexpr std::size_t max_token_bytes = std::size_t{16} * 1024;

}  // namespace

ngx_int_t Authentication::proceed() {
    if (passed_) return NGX_OK;
    const auto progress = steps();
    if (!progress) return refuse(progress.error());
    if (*progress == Progress::waiting) return NGX_AGAIN;
    passed_ = true;
    return NGX_OK;
}

std::expected<Progress, Refusal> Authentication::steps() {
    if (!credentials_) {
        if (const auto read = read_credentials(); !read) return std::unexpected(read.error());
    }
    if (conf_.introspects) {
        const auto progress =
            introspection_.proceed(*credentials_, earlier_ != nullptr ? &earlier_->introspection_ : nullptr);
        if (!progress || *progress == Progress::waiting) return progress;
        if (const auto checked = check_required_audiences(); !checked) return std::unexpected(checked.error());
        if (const auto checked = check_required_values(); !checked) return std::unexpected(checked.error());
    }
    if (conf_.exchanges) {
        const auto progress = exchange_.proceed(*credentials_, earlier_ != nullptr ? &earlier_->exchange_ : nullptr);
        if (!progress || *progress == Progress::waiting) return progress;
    }
    return Progress::ready;
}

std::expected<void, Refusal> Authentication::read_credentials() {
    if (earlier_ != nullptr && earlier_->credentials_) {  // the header may have been changed since then
        credentials_ = earlier_->credentials_;
        return {};
    }
    const auto header = boundary::authorization_of(request_);
    const std::string_view value = header.value_or(std::string_view());
    const auto token = oauth::bearer_token({&value, header ? 1U : 0U});
    if (!token) return std::unexpected(Refusal{token.error()});
    if (token->size() > max_token_bytes) return std::unexpected(Refusal{Error::token_too_large});
    // The authorization server may leave it out of its answer, and is not even asked where tokens are only exchanged.
    if (oauth::jwt::says_sender_constrained(*token)) return std::unexpected(Refusal{Error::token_sender_constrained});
    credentials_ = *token;
    return {};
}

std::expected<void, Refusal> Authentication::check_required_audiences() const {
    for (const RequiredAudience& required : conf_.required_audiences) {
        const bool named = std::ranges::any_of(required.audiences, [this](ngx_http_complex_value_t* value) {
            const std::string_view audience = ngx::evaluate(request_, *value);
            return !audience.empty() && introspection_.token()->audience_contains(audience);
        });
        const std::string_view otherwise =
            required.otherwise ? ngx::evaluate(request_, **required.otherwise) : std::string_view();
        if (!named && (otherwise.empty() || otherwise == "0"))
            return std::unexpected(Refusal{Error::audience_not_accepted});
    }
    return {};
}

std::expected<void, Refusal> Authentication::check_required_values() const {
    const auto missing = ngx::first_missing(request_, conf_.required_values);
    if (!missing) return {};
    return std::unexpected(Refusal{.error = Error::requirement_failed,
                                   .detail = ngx::in_quotes(*missing->name) + " is empty or \"0\"",
                                   .status = missing->status});
}

ngx_int_t Authentication::refuse(const Refusal& refusal) {
    log(refusal);
    const oauth::ErrorInfo& info = oauth::describe(refusal.error);
    const ngx_int_t status = refusal.status.value_or(info.http_status);
    if (status == NGX_HTTP_UNAUTHORIZED) {
        refused_ = true;
        // RFC 6750 section 3.1: no error code for a request without credentials.
        const std::string error = info.oauth_error.empty() ? "" : " error=\"" + std::string(info.oauth_error) + '"';
        ngx::add_challenge(request_, conf_.challenge.value_or(ngx::ChallengeSetting{}), "Bearer" + error);
    }
    if (info.http_status == NGX_HTTP_SERVICE_UNAVAILABLE)
        ngx::add_response_header(request_, "Retry-After", std::to_string(refusal.retry_after.count()));
    return status;
}

// As nginx's auth_basic does: a client that has not logged in yet is nothing to report.
void Authentication::log(const Refusal& refusal) const {
    const oauth::ErrorInfo& info = oauth::describe(refusal.error);
    std::string line = "auth_oauth2_token: " + std::string(info.name) + ": " + std::string(info.text);
    if (!refusal.detail.empty()) line += ": " + refusal.detail;
    ngx::log(refusal.error == Error::credentials_missing ? NGX_LOG_INFO : NGX_LOG_ERR, request_, line);
}

}  // namespace auth_oauth2_token
