// One request on its way through the checks of one location.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "modules/auth_oauth2_token/config.h"
#include "modules/auth_oauth2_token/exchange.h"
#include "modules/auth_oauth2_token/introspection.h"
#include "modules/auth_oauth2_token/refusal.h"
#include "ngx/nginx.h"
#include "ngx/variable.h"

namespace auth_oauth2_token {

class Authentication {
public:
    // `earlier`: the state of the same request before an internal redirect, or of one that it is a part of; or null.
    Authentication(ngx_http_request_t* request, const LocationConf& conf, MainConf& main,
                   const Authentication* earlier) noexcept
        : request_(request),
          conf_(conf),
          worker_(main.worker),
          earlier_(earlier),
          introspection_(request, conf, main),
          exchange_(request, conf, main),
          variables_(request) {}

    // The next steps: NGX_OK when the request passes, NGX_AGAIN when it has to wait, or the status of a refusal, for
    // which the log and the response's headers have been written.
    ngx_int_t proceed();

    // RFC 6750 section 2.3, where no token may be in the query.
    ngx_int_t refuse_query_token() { return refuse(Refusal{oauth::Error::request_ambiguous}); }

    const ngx_http_request_t* request() const noexcept { return request_; }
    const LocationConf& conf() const noexcept { return conf_; }
    bool passed() const noexcept { return passed_; }
    // For variables. No token while the request has not passed introspection, nor after a refusal with 401: error pages
    // and the access log must not show claims that were not accepted.
    const oauth::VerifiedToken* token() const noexcept { return refused_ ? nullptr : introspection_.token(); }
    std::optional<bool> active() const noexcept { return introspection_.active(); }
    const oauth::exchange::IssuedToken* issued() const noexcept { return exchange_.issued(); }

private:
    std::expected<authority::Progress, Refusal> steps();
    std::expected<void, Refusal> read_credentials();
    std::expected<void, Refusal> check_required_values() const;
    std::expected<void, Refusal> check_required_audiences() const;
    std::expected<void, Refusal> check_required_scopes() const;
    ngx_int_t refuse(const Refusal& refusal);
    void add_challenge(oauth::Error error, ngx_int_t status) const;
    void log(const Refusal& refusal) const;
    ngx_uint_t log_level(oauth::Error error) const noexcept;

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    Worker& worker_;
    const Authentication* earlier_;

    std::optional<std::string_view> credentials_;
    Introspection introspection_;
    Exchange exchange_;
    ngx::FreshVariables variables_;
    bool passed_ = false;
    bool refused_ = false;
};

}  // namespace auth_oauth2_token
