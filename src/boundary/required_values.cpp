#include "boundary/required_values.h"

#include <charconv>
#include <utility>

namespace boundary {

using ngx::ConfigError;
using ngx::in_quotes;

ngx_int_t read_error_code(std::string_view text) {
    int code = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), code);
    const bool is_number = failed == std::errc() && end == text.data() + text.size();
    if (!is_number || code < 400 || code > 599 || code == NGX_HTTP_CLOSE || code == NGX_HTTP_CLIENT_CLOSED_REQUEST)
        throw ConfigError("invalid error code " + in_quotes(text) + ", it must be 400 to 599, but not 444 or 499");
    return code;
}

RequiredValues RequiredValues::read(const ngx::Arguments& arguments) {
    RequiredValues required;
    bool has_code = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (const auto code = ngx::parameter(arguments[i], "error=")) {
            if (std::exchange(has_code, true)) throw ConfigError("\"error=\" appears twice");
            required.status = read_error_code(*code);
            continue;
        }
        if (!arguments[i].starts_with('$'))
            throw ConfigError("invalid value " + in_quotes(arguments[i]) + ", it must begin with a variable");
        required.values.push_back(arguments.complex_value(arguments[i]));
        required.names.emplace_back(arguments[i]);
    }
    if (required.values.empty()) throw ConfigError("no value is given");
    return required;
}

std::optional<MissingValue> first_missing(ngx_http_request_t* request, const std::vector<RequiredValues>& required) {
    for (const RequiredValues& group : required)
        for (std::size_t i = 0; i < group.values.size(); ++i) {
            const std::string_view value = ngx::evaluate(request, *group.values[i]);
            if (!is_true(value)) return MissingValue{&group.names[i], group.status};
        }
    return std::nullopt;
}

}  // namespace boundary
