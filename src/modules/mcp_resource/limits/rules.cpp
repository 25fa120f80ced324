// mcp_rate_limit, made into rules.
#include <algorithm>
#include <string>

#include "modules/mcp_resource/config.h"
#include "ngx/config.h"

namespace mcp_resource {
namespace {

// "subject", "subject-2", ...
std::string free_name(std::span<const mcp::LimitRule> rules, mcp::LimitBy by) {
    const auto same = std::ranges::count(rules, by, &mcp::LimitRule::by);
    return std::string(mcp::name_of(by)) + (same == 0 ? "" : "-" + std::to_string(same + 1));
}

mcp::LimitRule rule_of(const LimitDirective& limit, const mcp::Resource& resource) {
    mcp::LimitRule rule{.name = free_name(resource.policy.limits(), limit.by), .rate = limit.rate, .by = limit.by};
    if (!limit.operations.is_general()) rule.operations = patterns_of("mcp_rate_limit", limit.operations);
    rule.identity = mcp::identity_of(resource.uri.text(), rule);
    return rule;
}

}  // namespace

void add_limits(const MainConf& main, const LocationConf& conf, mcp::Resource& resource) {
    for (const LimitDirective& limit : conf.limits) {
        mcp::LimitRule rule = rule_of(limit, resource);
        if (std::ranges::find(resource.policy.limits(), rule.identity, &mcp::LimitRule::identity) !=
            resource.policy.limits().end())
            refuse_directive("mcp_rate_limit", "the same limit applies twice here; leave one of them out");
        resource.policy.add_limit(std::move(rule));
    }
    if (conf.limits.size() > mcp::most_limits)
        refuse_directive("mcp_rate_limit",
                         "more than " + std::to_string(mcp::most_limits) + " limits apply to one location");
    if (!conf.limits.empty() && main.zone == nullptr && !main.redis)
        refuse_directive("mcp_rate_limit",
                         "there is nowhere to count: add \"mcp_zone\" (this machine counts), or "
                         "\"mcp_redis\" (several machines count together)");
    if (conf.refusal_limit && conf.refusal_limit->rate && main.zone == nullptr)
        refuse_directive("mcp_refusal_limit", "there is nowhere to count: add \"mcp_zone\"");
}

void make_limiters(ngx_conf_t* cf) {
    MainConf& main = main_conf(cf);
    const auto has = [&](auto what) { return std::ranges::any_of(main.endpoints, what); };
    const bool has_limits = has([](const auto& endpoint) { return !endpoint->resource.policy.limits().empty(); });
    const bool counts_refusals = has([](const auto& endpoint) { return endpoint->refusal_limit.has_value(); });
    if (counts_refusals || (has_limits && !main.redis))
        main.limit_zone = &shared::LimitZone::declare(cf, *main.zone, ngx_http_mcp_resource_module);
    if (!has_limits && main.redis)
        ngx::warn(cf, "mcp_redis", "no location has \"mcp_rate_limit\": nothing is counted in it");
    if (!has_limits) return;
    if (main.redis)
        main.limiter = std::make_unique<shared::RedisLimiter>(cf, *main.redis);
    else
        main.limiter = std::make_unique<shared::ZoneLimiter>(*main.limit_zone);
}

}  // namespace mcp_resource
