// How much may pass: mcp_rate_limit and its like.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mcp/rate_text.h"
#include "modules/mcp_resource/directives.h"
#include "shared/redis_settings.h"

namespace mcp_resource {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

mcp::LimitBy read_by(std::string_view text) {
    const auto read = mcp::read_limit_by(text);
    if (!read)
        throw ConfigError("invalid caller " + in_quotes(text) + ", it must be " + std::string(mcp::limit_by_form));
    return *read;
}

// "rate=", "burst=" and "algorithm=", each once. False for anything else.
struct RateSetting {
    std::optional<mcp::Rate> rate{};
    std::optional<std::uint32_t> burst{};
    std::optional<mcp::LimitAlgorithm> algorithm{};

    bool take(std::string_view argument, bool may_choose) {
        if (const auto text = ngx::parameter(argument, "rate=")) {
            ngx::set_once(rate, read_rate(*text));
        } else if (const auto number = ngx::parameter(argument, "burst=")) {
            ngx::set_once(burst, read_burst(*number));
        } else if (const auto name = ngx::parameter(argument, "algorithm="); name && may_choose) {
            ngx::set_once(algorithm, read_algorithm(*name));
        } else {
            return false;
        }
        return true;
    }

    mcp::Rate value() const {
        if (!rate) throw ConfigError("no \"rate=\" is given, for example \"rate=100r/m\"");
        mcp::Rate whole = *rate;
        whole.burst = burst.value_or(0);
        whole.algorithm = algorithm.value_or(mcp::LimitAlgorithm::gcra);
        return whole;
    }

private:
    static mcp::Rate read_rate(std::string_view text) {
        const auto read = mcp::read_rate(text);
        if (!read) throw ConfigError("invalid rate " + in_quotes(text) + ", it must be " + std::string(mcp::rate_form));
        return *read;
    }
    static std::uint32_t read_burst(std::string_view text) {
        const auto read = mcp::read_burst(text);
        if (!read)
            throw ConfigError("invalid burst " + in_quotes(text) + ", it must be " + std::string(mcp::burst_form));
        return *read;
    }
    static mcp::LimitAlgorithm read_algorithm(std::string_view text) {
        const auto read = mcp::read_limit_algorithm(text);
        if (!read)
            throw ConfigError("invalid algorithm " + in_quotes(text) + ", it must be " +
                              std::string(mcp::limit_algorithm_form));
        return *read;
    }
};

void warn_about_first_requests(const ngx::Arguments& arguments, const LimitDirective& limit) {
    const bool is_even = limit.rate.algorithm == mcp::LimitAlgorithm::gcra && limit.rate.burst == 0;
    if (is_even && limit.operations.is_general()) arguments.warn(mcp::first_requests_warning);
}

}  // namespace

// mcp_rate_limit rate=number r/s|m|h [burst=number] [by=subject | client | issuer | address] [algorithm=name]
// [method=pattern] [tool=pattern | prompt=pattern | resource=pattern]
void set_mcp_rate_limit(const ngx::Arguments& arguments, LocationConf& conf) {
    LimitDirective limit;
    RateSetting rate;
    std::optional<mcp::LimitBy> by;
    for (std::size_t i = 0; i < arguments.size(); i++) {
        if (rate.take(arguments[i], true) || add_selector(limit.operations, arguments[i])) continue;
        const auto caller = ngx::parameter(arguments[i], "by=");
        if (!caller) throw ConfigError("unknown parameter " + ngx::argument_in_quotes(arguments[i]));
        ngx::set_once(by, read_by(*caller));
    }
    limit.rate = rate.value();
    limit.by = by.value_or(mcp::LimitBy::subject);
    if (!limit.operations.method.empty()) warn_about_unknown_method(arguments, limit.operations.method);
    warn_about_first_requests(arguments, limit);
    conf.limits.push_back(std::move(limit));
}

// mcp_rate_limit_x_headers on | off
void set_mcp_rate_limit_x_headers(const ngx::Arguments& arguments, LocationConf& conf) {
    ngx::set_once(conf.limit_x_headers, arguments.flag(0));
}

// mcp_refusal_limit off | rate=number r/s|m|h [burst=number]
void set_mcp_refusal_limit(const ngx::Arguments& arguments, LocationConf& conf) {
    if (conf.refusal_limit) throw ngx::DuplicateDirective();
    if (arguments.size() == 1 && arguments[0] == "off") {
        conf.refusal_limit.emplace();
        return;
    }
    RateSetting rate;
    for (std::size_t i = 0; i < arguments.size(); i++)
        if (!rate.take(arguments[i], false))
            throw ConfigError("unknown parameter " + ngx::argument_in_quotes(arguments[i]));
    conf.refusal_limit = RefusalLimit{.rate = rate.value()};
}

// mcp_redis address [user=name] [password_file=file] [prefix=text] [timeout=time] [on_error=deny | allow]
void set_mcp_redis(const ngx::Arguments& arguments, MainConf& conf) {
    if (conf.redis) throw ngx::DuplicateDirective();
    conf.redis = shared::RedisSettings::read(arguments);
}

}  // namespace mcp_resource
