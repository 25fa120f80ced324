// WWW-Authenticate, as a directive asks for it.
#pragma once

#include <cstdint>
#include <string_view>

#include "ngx/config.h"
#include "ngx/nginx.h"

namespace boundary {

struct ChallengeSetting {
    enum class Kind : std::uint8_t {
        off,
        standard,
        custom
    };
    Kind kind = Kind::standard;
    ngx_http_complex_value_t* custom = nullptr;

    // on | off | string
    static ChallengeSetting read(const ngx::Arguments& arguments);
};

// Adds the header to the response of a request that gets `status`: 401, or 403 for a token that lacks a scope (RFC 6750
// section 3.1). Throws std::bad_alloc.
void add_challenge(ngx_http_request_t* request, const ChallengeSetting& setting, std::string_view standard,
                   ngx_int_t status = NGX_HTTP_UNAUTHORIZED);

}  // namespace boundary
