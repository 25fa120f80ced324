// What the authorization server says about a token (RFC 7662): from the cache, or asked for.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string_view>

#include "authority/inquiry.h"
#include "base/sha256.h"
#include "modules/auth_oauth2_token/config.h"
#include "modules/auth_oauth2_token/refusal.h"
#include "ngx/nginx.h"
#include "oauth/error.h"
#include "oauth/introspection/response.h"
#include "oauth/verified_token.h"

namespace auth_oauth2_token {

class Introspection {
public:
    Introspection(ngx_http_request_t* request, const LocationConf& conf, MainConf& worker) noexcept
        : request_(request), conf_(conf), worker_(worker), inquiry_(request, worker.inquiries) {}

    // The next steps. `earlier`: what was found out about this request before an internal redirect, or null.
    std::expected<authority::Progress, Refusal> proceed(std::string_view token, const Introspection* earlier);

    // Null until it is known to be good.
    const oauth::VerifiedToken* token() const noexcept { return verdict_ && *verdict_ ? (*verdict_)->get() : nullptr; }
    // nullopt while, or because, the authorization server has not said it.
    std::optional<bool> active() const noexcept {
        return verdict_ ? std::optional(verdict_->has_value()) : std::nullopt;
    }

private:
    using Verdict = std::expected<std::shared_ptr<const oauth::VerifiedToken>, oauth::Error>;

    std::expected<authority::Progress, Refusal> begin(std::string_view token, const Introspection* earlier);
    std::expected<authority::Progress, Refusal> ask(std::string_view token);
    std::expected<authority::Progress, Refusal> take(const authority::Answer& answer);
    std::expected<authority::Progress, Refusal> result() const;
    std::expected<authority::Progress, Refusal> settle(const authority::Answer& answer, Verdict verdict);
    Verdict judge(const std::expected<oauth::introspection::Response, oauth::Error>& response) const;
    bool look_up();
    void keep(const std::expected<oauth::introspection::Response, oauth::Error>& response, std::string_view body) const;

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    MainConf& worker_;
    authority::Inquiry inquiry_;

    std::string_view endpoint_;
    std::optional<base::Sha256> key_;
    std::optional<Verdict> verdict_;  // about the token; what is the server's fault never gets here
};

}  // namespace auth_oauth2_token
