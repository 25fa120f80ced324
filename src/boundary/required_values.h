// auth_..._require: values that must be neither empty nor "0".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ngx/config.h"
#include "ngx/nginx.h"

namespace boundary {

// The value of "error=". Throws ConfigError.
ngx_int_t read_error_code(std::string_view text);
// What "auth_..._require" takes for true: neither empty nor "0".
inline bool is_true(std::string_view value) noexcept {
    return !value.empty() && value != "0";
}

struct RequiredValues {
    std::vector<ngx_http_complex_value_t*> values;
    std::vector<std::string> names;  // the same, as the directive says it, for the log
    ngx_int_t status = NGX_HTTP_UNAUTHORIZED;

    // $value ... [error=code]
    static RequiredValues read(const ngx::Arguments& arguments);
};

struct MissingValue {
    const std::string* name;
    ngx_int_t status;
};

// The first value that is empty or "0" in this request. Throws std::bad_alloc.
std::optional<MissingValue> first_missing(ngx_http_request_t* request, const std::vector<RequiredValues>& required);

}  // namespace boundary
