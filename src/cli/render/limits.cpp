#include <string>
#include <utility>
#include <vector>

#include "cli/render/parts.h"

namespace cli {
namespace {

using Named = std::pair<std::string_view, const std::string*>;

void add_said(std::vector<std::string>& parameters, std::initializer_list<Named> values) {
    for (const auto& [name, value] : values)
        if (!value->empty()) parameters.push_back(std::string(name) + '=' + *value);
}

}  // namespace

void add_redis(Configuration& conf, const Redis& redis) {
    std::vector<std::string> parameters = {redis.address};
    add_said(parameters, {{"user", &redis.user},
                          {"password_file", &redis.password_file},
                          {"prefix", &redis.prefix},
                          {"timeout", &redis.timeout},
                          {"on_error", &redis.on_error}});
    conf.line("mcp_redis", parameters);
}

void add_limits(Configuration& conf, const Resource& resource) {
    for (const RateLimit& limit : resource.rate_limits) {
        std::vector<std::string> parameters;
        add_said(parameters, {{"rate", &limit.rate},
                              {"burst", &limit.burst},
                              {"by", &limit.by},
                              {"algorithm", &limit.algorithm},
                              {"method", &limit.method},
                              {"tool", &limit.tool},
                              {"prompt", &limit.prompt},
                              {"resource", &limit.resource_uri}});
        conf.line("mcp_rate_limit", parameters);
    }
    if (resource.rate_limit_x_headers) conf.line("mcp_rate_limit_x_headers", {"on"});
    if (!resource.refusal_limit) return;
    std::vector<std::string> parameters;
    add_said(parameters, {{"rate", &resource.refusal_limit->rate}, {"burst", &resource.refusal_limit->burst}});
    conf.line("mcp_refusal_limit", parameters);
}

}  // namespace cli
