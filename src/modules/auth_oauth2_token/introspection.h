// What the authorization server says about a token (RFC 7662), by the directives of one location.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "authority/introspection.h"
#include "modules/auth_oauth2_token/config.h"
#include "modules/auth_oauth2_token/refusal.h"
#include "ngx/nginx.h"
#include "oauth/verified_token.h"

namespace auth_oauth2_token {

class Introspection {
public:
    Introspection(ngx_http_request_t* request, const LocationConf& conf, MainConf& main) noexcept
        : request_(request), conf_(conf), main_(main), asked_(request, main.worker.questions, main.worker.tokens) {}

    // The next steps. `earlier`: what was found out about this request before an internal redirect, or null.
    std::expected<authority::Progress, Refusal> proceed(std::string_view token, const Introspection* earlier);

    // Null until it is known to be good.
    const oauth::VerifiedToken* token() const noexcept { return verdict_ && *verdict_ ? (*verdict_)->get() : nullptr; }
    // nullopt while, or because, the authorization server has not said it.
    std::optional<bool> active() const noexcept {
        return verdict_ ? std::optional(verdict_->has_value()) : std::nullopt;
    }

    // Who was asked, and as whom, to end a log line.
    std::string description() const;

private:
    std::expected<authority::Progress, Refusal> begin(std::string_view token, const Introspection* earlier);
    std::expected<authority::Progress, Refusal> take(authority::Progress progress);
    std::expected<authority::Progress, Refusal> result() const;

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    const MainConf& main_;
    authority::Introspection asked_;

    std::string_view endpoint_;
    std::string explanation_;                                   // what differs in the claims, for the log
    std::optional<authority::Introspection::Verdict> verdict_;  // about the token; the server's fault never gets here
};

}  // namespace auth_oauth2_token
