#include "shared/redis_settings.h"

#include <optional>
#include <string_view>
#include <utility>

#include "ngx/file.h"
#include "ngx/string.h"

namespace shared {
namespace {

using ngx::ConfigError;
using ngx::in_quotes;

std::string read_prefix(std::string_view text) {
    if (!mcp::is_redis_prefix(text))
        throw ConfigError("invalid prefix " + in_quotes(text) + ", it must be " + std::string(mcp::redis_prefix_form));
    return std::string(text);
}

ngx_msec_t read_timeout(std::string_view text) {
    ngx_str_t time = ngx::str(text);
    const std::chrono::milliseconds read(ngx_parse_time(&time, 0));  // NGX_ERROR is less than any
    if (read < mcp::shortest_redis_timeout || read > mcp::longest_redis_timeout)
        throw ConfigError("invalid timeout " + in_quotes(text) + ", it must be " +
                          std::string(mcp::redis_timeout_form));
    return static_cast<ngx_msec_t>(read.count());
}

mcp::OnError read_on_error(std::string_view text) {
    const auto read = mcp::read_on_error(text);
    if (!read)
        throw ConfigError("invalid value " + in_quotes(text) + " of \"on_error=\", it must be " +
                          std::string(mcp::on_error_form));
    return *read;
}

template <class Value>
void set_once(std::optional<Value>& slot, std::string_view name, Value value) {
    if (slot) throw ConfigError("parameter " + in_quotes(name) + " appears twice");
    slot = std::move(value);
}

struct Parameters {
    std::optional<std::string> user, password_file, prefix;
    std::optional<ngx_msec_t> timeout;
    std::optional<mcp::OnError> on_error;

    void take(const ngx::Arguments& arguments, std::string_view argument) {
        if (const auto name = ngx::parameter(argument, "user="); name && !name->empty()) {
            set_once(user, "user", std::string(*name));
        } else if (const auto file = ngx::parameter(argument, "password_file="); file && !file->empty()) {
            set_once(password_file, "password_file", arguments.file_name(*file));
        } else if (const auto text = ngx::parameter(argument, "prefix=")) {
            set_once(prefix, "prefix", read_prefix(*text));
        } else if (const auto time = ngx::parameter(argument, "timeout=")) {
            set_once(timeout, "timeout", read_timeout(*time));
        } else if (const auto word = ngx::parameter(argument, "on_error=")) {
            set_once(on_error, "on_error", read_on_error(*word));
        } else {
            throw ConfigError("invalid parameter " + ngx::argument_in_quotes(argument) +
                              ", it must be \"user=\", \"password_file=\", \"prefix=\", \"timeout=\" or "
                              "\"on_error=\", and a value");
        }
    }
};

}  // namespace

RedisSettings RedisSettings::read(const ngx::Arguments& arguments) {
    Parameters parameters;
    for (std::size_t i = 1; i < arguments.size(); i++)
        parameters.take(arguments, arguments[i]);
    if (parameters.user && !parameters.password_file) throw ConfigError("\"user=\" needs \"password_file=\"");
    RedisSettings settings{.address = ngx::RedisAddress::read(arguments.cf(), arguments[0], true)};
    if (parameters.user) settings.user = *parameters.user;
    if (parameters.password_file) {
        settings.password_file = *parameters.password_file;
        settings.password =
            std::make_shared<const base::Secret>(ngx::read_secret_file(arguments, settings.password_file));
    }
    if (parameters.prefix) settings.prefix = *parameters.prefix;
    settings.timeout = parameters.timeout.value_or(settings.timeout);
    settings.on_error = parameters.on_error.value_or(settings.on_error);
    return settings;
}

}  // namespace shared
