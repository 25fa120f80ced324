// A token for the backend instead of the client's (RFC 8693), by the directives of one location.
#pragma once

#include <expected>
#include <memory>
#include <string_view>

#include "authority/exchange.h"
#include "modules/auth_oauth2_token/config.h"
#include "modules/auth_oauth2_token/refusal.h"
#include "ngx/nginx.h"
#include "oauth/exchange/response.h"

namespace auth_oauth2_token {

class Exchange {
public:
    Exchange(ngx_http_request_t* request, const LocationConf& conf, MainConf& main) noexcept
        : request_(request), conf_(conf), main_(main), asked_(request, main.worker.questions) {}

    // The next steps. `earlier`: what was exchanged for this request before an internal redirect, or null.
    std::expected<authority::Progress, Refusal> proceed(std::string_view token, const Exchange* earlier);

    // Null until there is one.
    const oauth::exchange::IssuedToken* issued() const noexcept { return issued_.get(); }

private:
    std::expected<authority::Progress, Refusal> begin(std::string_view token, const Exchange* earlier);
    std::expected<authority::Progress, Refusal> take(authority::Progress progress);

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    const MainConf& main_;
    authority::Exchange asked_;

    std::string_view endpoint_, audience_, scope_;
    std::shared_ptr<const oauth::exchange::IssuedToken> issued_;
};

}  // namespace auth_oauth2_token
