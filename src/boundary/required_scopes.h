// auth_..._require_scope: scopes that a token must have (RFC 6749 section 3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ngx/config.h"
#include "ngx/nginx.h"
#include "oauth/json/json.h"

namespace boundary {

struct RequiredScopes {
    std::vector<ngx_http_complex_value_t*> values;  // each has one scope or several, with spaces between them
    std::vector<std::string> names;                 // the same, as the directive says it, for the log
    std::optional<ngx_uint_t> override_variable;
    std::string override_name;
    ngx_int_t status = NGX_HTTP_FORBIDDEN;

    // scope ... [override=$variable] [error=code]
    static RequiredScopes read(const ngx::Arguments& arguments);
};

struct ScopeRefusal {
    enum class Reason : std::uint8_t {
        insufficient,
        nothing_required  // a mistake in the configuration: nobody could tell what would be enough
    };
    Reason reason;
    std::string detail;  // for the log
    ngx_int_t status;
};

// Why a token with these claims does not pass; nullopt: it does. Throws std::bad_alloc.
std::optional<ScopeRefusal> check_scopes(ngx_http_request_t* request, const std::vector<RequiredScopes>& required,
                                         const oauth::json::Value& claims);

// For a challenge: `, scope="..."` with every scope that is required here; empty when an override= alone decides.
// Throws std::bad_alloc.
std::string scope_attribute(ngx_http_request_t* request, const std::vector<RequiredScopes>& required);

}  // namespace boundary
