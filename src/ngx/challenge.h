// WWW-Authenticate, as a directive asks for it.
#pragma once

#include <cstdint>
#include <string_view>

#include "ngx/config.h"
#include "ngx/nginx.h"

namespace ngx {

struct ChallengeSetting {
    enum class Kind : std::uint8_t {
        off,
        standard,
        custom
    };
    Kind kind = Kind::standard;
    ngx_http_complex_value_t* custom = nullptr;

    // on | off | string
    static ChallengeSetting read(const Arguments& arguments);
};

// Adds the header to the response of a request that gets 401. Throws std::bad_alloc.
void add_challenge(ngx_http_request_t* request, const ChallengeSetting& setting, std::string_view standard);

// For a header filter: the challenge belongs to status 401 alone, and an error_page may have made something else of it.
void drop_stray_challenge(ngx_http_request_t* request) noexcept;

}  // namespace ngx
