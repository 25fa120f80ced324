// One request on its way through the checks of one location.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "modules/auth_jwt/config.h"
#include "modules/auth_jwt/key_ring.h"
#include "ngx/nginx.h"
#include "ngx/variable.h"
#include "oauth/error.h"
#include "oauth/verified_token.h"

namespace auth_jwt {

class Authentication {
public:
    // `earlier`: the state of the same request before an internal redirect, or of one that it is a part of; or null.
    Authentication(ngx_http_request_t* request, const LocationConf& conf, MainConf& main,
                   const Authentication* earlier) noexcept
        : request_(request),
          conf_(conf),
          worker_(main.worker),
          earlier_(earlier),
          keys_(request, conf, main.worker),
          variables_(request) {}

    // The next steps: NGX_OK when the request passes, NGX_AGAIN when it has to wait, or the status of a refusal, for
    // which the log and the response's headers have been written.
    ngx_int_t proceed();

    // RFC 6750 section 2.3, where no token may be in the query.
    ngx_int_t refuse_query_token() { return refuse(Refusal{oauth::Error::request_ambiguous}); }

    const ngx_http_request_t* request() const noexcept { return request_; }
    const LocationConf& conf() const noexcept { return conf_; }
    bool passed() const noexcept { return passed_; }
    // Null until the token was verified, and again when a rule refuses it with 401.
    const oauth::VerifiedToken* token() const noexcept { return token_.get(); }

private:
    struct Refusal {
        oauth::Error error;
        std::string detail{};
        std::optional<ngx_int_t> status{};  // instead of the one that belongs to the error
    };
    using Passed = std::expected<void, Refusal>;

    ngx_int_t steps();
    Passed read_credentials();
    Passed read_variable(ngx_uint_t variable);
    bool verify_with_earlier_keys();
    std::optional<oauth::Error> hopeless() const noexcept;
    std::expected<authority::Progress, Refusal> verify();
    bool may_depend_on_other_keys(oauth::Error error) const noexcept;
    Refusal refusal_of_token(oauth::Error error) const;
    Passed check_revocation() const;
    Passed check_claim_rules() const;
    Passed check_required_values() const;
    Passed check_required_scopes() const;
    ngx_int_t refuse(const Refusal& refusal);
    void forget_token() noexcept;
    void log(const Refusal& refusal) const;
    ngx_uint_t log_level(oauth::Error error) const noexcept;
    void add_challenge(oauth::Error error, ngx_int_t status) const;

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    Worker& worker_;
    const Authentication* earlier_;

    std::optional<std::string_view> credentials_;
    KeyRing keys_;
    ngx::FreshVariables variables_;
    std::vector<std::string> key_names_;  // of the keys that are not known beforehand, in the order of conf_.keys
    std::shared_ptr<const oauth::VerifiedToken> token_;
    bool passed_ = false;
};

}  // namespace auth_jwt
