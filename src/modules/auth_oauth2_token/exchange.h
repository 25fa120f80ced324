// A token for the backend instead of the client's (RFC 8693): from the cache, or asked for.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "authority/inquiry.h"
#include "base/sha256.h"
#include "modules/auth_oauth2_token/config.h"
#include "modules/auth_oauth2_token/refusal.h"
#include "ngx/nginx.h"
#include "oauth/exchange/response.h"

namespace auth_oauth2_token {

class Exchange {
public:
    Exchange(ngx_http_request_t* request, const LocationConf& conf, MainConf& worker) noexcept
        : request_(request), conf_(conf), worker_(worker), inquiry_(request, worker.inquiries) {}

    // The next steps. `earlier`: what was exchanged for this request before an internal redirect, or null.
    std::expected<authority::Progress, Refusal> proceed(std::string_view token, const Exchange* earlier);

    // Null until there is one.
    const oauth::exchange::IssuedToken* issued() const noexcept { return issued_ ? &*issued_ : nullptr; }

private:
    std::expected<authority::Progress, Refusal> begin(std::string_view token, const Exchange* earlier);
    std::expected<authority::Progress, Refusal> ask(std::string_view token);
    std::expected<authority::Progress, Refusal> take(const authority::Answer& answer, std::string_view token);
    bool look_up(std::string_view token);
    void keep(std::string_view body) const;

    ngx_http_request_t* request_;
    const LocationConf& conf_;
    MainConf& worker_;
    authority::Inquiry inquiry_;

    std::string_view endpoint_, audience_, scope_;
    std::optional<base::Sha256> key_;
    std::optional<oauth::exchange::IssuedToken> issued_;
};

}  // namespace auth_oauth2_token
