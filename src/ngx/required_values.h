// auth_..._require: values that must be neither empty nor "0".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ngx/config.h"
#include "ngx/nginx.h"

namespace ngx {

struct RequiredValues {
    std::vector<ngx_http_complex_value_t*> values;
    std::vector<std::string> names;  // the same, as the directive says it, for the log
    ngx_int_t status = NGX_HTTP_UNAUTHORIZED;

    // $value ... [error=code]
    static RequiredValues read(const Arguments& arguments);
};

struct MissingValue {
    const std::string* name;
    ngx_int_t status;
};

// The first value that is empty or "0" in this request. Throws std::bad_alloc.
std::optional<MissingValue> first_missing(ngx_http_request_t* request, const std::vector<RequiredValues>& required);

}  // namespace ngx
