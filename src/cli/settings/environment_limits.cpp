#include "cli/settings/environment_limits.h"

#include <string>
#include <string_view>

#include "cli/settings/limits.h"
#include "cli/terminal.h"
#include "mcp/rate_text.h"
#include "mcp/redis_text.h"

namespace cli {
namespace {

constexpr std::string_view redis_name = "MCP_RATELIMIT_REDIS";
constexpr std::string_view rate_name = "MCP_RATELIMIT_RATE";
constexpr std::string_view burst_name = "MCP_RATELIMIT_BURST";
constexpr std::string_view algorithm_name = "MCP_RATELIMIT_ALGO";
constexpr std::string_view on_error_name = "MCP_RATELIMIT_ON_ERROR";
constexpr std::string_view password_name = "MCP_RATELIMIT_REDIS_PASSWORD_FILE";

// Empty: not set, or wrong, which is told.
std::string checked(const Values& values, std::string_view name, std::string (*problem_of)(std::string_view),
                    std::string_view right) {
    std::string value(values.or_default(name, ""));
    const std::string problem = value.empty() ? "" : problem_of(value);
    if (problem.empty()) return value;
    values.error(name, shown(value) + ' ' + problem + "; expected " + std::string(right));
    return {};
}

RateLimit read_limit(const Values& values) {
    RateLimit limit;
    if (values.required(rate_name, "for example 100r/m").empty()) return limit;
    limit.rate = checked(values, rate_name, rate_problem, mcp::rate_form);
    return limit;
}

void read_redis(const Values& values, Gateway& gateway) {
    if (!values.optional(redis_name)) {
        for (const std::string_view name : {on_error_name, password_name})
            values.unused(name, "without MCP_RATELIMIT_REDIS");
        return;
    }
    Redis redis;
    redis.address = checked(values, redis_name, redis_address_problem, right_redis);
    redis.on_error = checked(values, on_error_name, redis_on_error_problem, mcp::on_error_form);
    if (values.optional(password_name)) redis.password_file = values.required_file(password_name, gateway.files, true);
    gateway.redis = std::move(redis);
    need_redis(gateway, std::string(redis_name));
}

}  // namespace

void read_limits(const Values& values, Gateway& gateway, Resource& resource) {
    if (!values.flag("MCP_RATELIMIT_ENABLED")) {
        for (const std::string_view name :
             {redis_name, rate_name, burst_name, algorithm_name, on_error_name, password_name})
            values.unused(name, "while MCP_RATELIMIT_ENABLED is off");
        return;
    }
    RateLimit limit = read_limit(values);
    limit.burst = checked(values, burst_name, burst_problem, mcp::burst_form);
    limit.algorithm = checked(values, algorithm_name, limit_algorithm_problem, mcp::limit_algorithm_form);
    if (!values.optional(algorithm_name)) limit.algorithm = "fixed_window";
    resource.rate_limits.push_back(std::move(limit));
    resource.rate_limit_x_headers = true;
    read_redis(values, gateway);
}

}  // namespace cli
