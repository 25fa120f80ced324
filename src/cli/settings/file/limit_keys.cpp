#include "cli/settings/file/limit_keys.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>

#include "cli/settings/file/checks.h"
#include "cli/settings/file/node.h"
#include "cli/settings/file/setters.h"
#include "cli/settings/limits.h"
#include "mcp/limit_rule.h"
#include "mcp/operation_pattern.h"
#include "mcp/rate_text.h"

namespace cli::file {
namespace {

using setters::into;

constexpr Key rate_limit_keys[] = {
    {.name = "rate",
     .kind = &kinds::rate,
     .what = "How many requests may pass per second (`r/s`), minute (`r/m`) or hour (`r/h`).",
     .example = "100r/m",
     .directives = "mcp_rate_limit",
     .is_required = true,
     .set = into<RateLimit, &RateLimit::rate>},
    {.name = "burst",
     .kind = &kinds::burst,
     .what = "How many requests may pass in addition; with `gcra`, how many more than one may pass together.",
     .otherwise = "0",
     .example = "20",
     .directives = "mcp_rate_limit",
     .set = into<RateLimit, &RateLimit::burst>},
    {.name = "by",
     .kind = &kinds::limit_by,
     .what = "Whose requests count together: of a user (`subject`), of a client (`client`), of all users of an "
             "authorization server (`issuer`), or from an address (`address`). A token without a subject is refused "
             "where requests count by `subject`.",
     .otherwise = "subject",
     .example = "client",
     .directives = "mcp_rate_limit",
     .set = into<RateLimit, &RateLimit::by>},
    {.name = "algorithm",
     .kind = &kinds::limit_algorithm,
     .what = "How nginx counts. `gcra` lets requests pass at even intervals, and `burst` more together. `token_bucket` "
             "lets the number of `rate`, and `burst` more, pass together, and refills evenly. `fixed_window` and "
             "`sliding_window` let as many pass in each period.",
     .otherwise = "gcra",
     .example = "token_bucket",
     .directives = "mcp_rate_limit",
     .set = into<RateLimit, &RateLimit::algorithm>},
    {.name = "method",
     .kind = &kinds::method_pattern,
     .what = "Counts only JSON-RPC requests with these methods, each request of a batch.",
     .otherwise = "each HTTP request counts",
     .example = "tools/call",
     .directives = "mcp_rate_limit",
     .set = into<RateLimit, &RateLimit::method>},
    {.name = "tool",
     .kind = &kinds::pattern,
     .what = "Counts only calls of these tools.",
     .otherwise = "any",
     .example = "\"write_*\"",
     .directives = "mcp_rate_limit",
     .set = into<RateLimit, &RateLimit::tool>},
    {.name = "prompt",
     .kind = &kinds::pattern,
     .what = "Counts only requests for these prompts.",
     .otherwise = "any",
     .example = "\"internal_*\"",
     .directives = "mcp_rate_limit",
     .set = into<RateLimit, &RateLimit::prompt>},
    {.name = "resource_uri",
     .kind = &kinds::uri_pattern,
     .what = "Counts only requests that read, or subscribe to, resources with these URIs.",
     .otherwise = "any",
     .example = "\"file:///srv/*\"",
     .directives = "mcp_rate_limit",
     .set = into<RateLimit, &RateLimit::resource_uri>},
};

constexpr Key refusal_limit_keys[] = {
    {.name = "rate",
     .kind = &kinds::rate,
     .what = "How many refused tokens an address may send per second (`r/s`), minute (`r/m`) or hour (`r/h`).",
     .example = "30r/m",
     .directives = "mcp_refusal_limit",
     .is_required = true,
     .set = into<RefusalLimit, &RefusalLimit::rate>},
    {.name = "burst",
     .kind = &kinds::burst,
     .what = "How many more than one it may send together.",
     .otherwise = "0",
     .example = "10",
     .directives = "mcp_refusal_limit",
     .set = into<RefusalLimit, &RefusalLimit::burst>},
};

constexpr Key redis_keys[] = {
    {.name = "address",
     .kind = &kinds::redis_address,
     .what = "Host and port of Redis or Valkey, or its socket.",
     .example = "redis:6379",
     .directives = "mcp_redis",
     .is_required = true,
     .set = into<Redis, &Redis::address>},
    {.name = "user",
     .kind = &kinds::redis_user,
     .what = "User name (ACL). Requires `password_file`.",
     .otherwise = "the user `default`",
     .example = "mcp",
     .directives = "mcp_redis",
     .set = into<Redis, &Redis::user>},
    {.name = "password_file",
     .kind = &kinds::secret_file,
     .what = "File with the password.",
     .otherwise = "none",
     .example = "/run/secrets/redis",
     .directives = "mcp_redis",
     .set = into<Redis, &Redis::password_file>},
    {.name = "prefix",
     .kind = &kinds::redis_prefix,
     .what = "How the keys in Redis begin. Instances of nginx with the same prefix count together.",
     .otherwise = "mcp",
     .example = "mcp",
     .directives = "mcp_redis",
     .set = into<Redis, &Redis::prefix>},
    {.name = "timeout",
     .kind = &kinds::redis_timeout,
     .what = "Maximum time that a request waits for Redis.",
     .otherwise = "200ms",
     .example = "200ms",
     .directives = "mcp_redis",
     .set = into<Redis, &Redis::timeout>},
    {.name = "on_error",
     .kind = &kinds::redis_on_error,
     .what = "What nginx does while Redis cannot be reached. `deny`: it refuses limited requests with 503. `allow`: it "
             "limits no rate.",
     .otherwise = "deny",
     .example = "allow",
     .directives = "mcp_redis",
     .set = into<Redis, &Redis::on_error>},
};

void check_selectors(const RateLimit& limit, const Node& node, const std::string& path, Mistakes& mistakes) {
    struct Selector {
        std::string_view key;
        std::string_view methods;
    };
    static constexpr std::array<Selector, 3> selectors = {{{.key = "tool", .methods = mcp::tool_methods},
                                                           {.key = "prompt", .methods = mcp::prompt_methods},
                                                           {.key = "resource_uri", .methods = mcp::resource_methods}}};
    const auto is_no_request = [&](std::string_view first, std::string_view second) {
        mistakes.add(node.at, path,
                     "has \"" + std::string(first) + "\" and \"" + std::string(second) +
                         "\", which no request is at once; leave out one of them, or write one limit for each");
    };
    std::string_view first;
    for (const auto& [key, methods] : selectors) {
        if (node.find(key) == nullptr) continue;
        if (!first.empty()) return is_no_request(first, key);
        if (!limit.method.empty() && mcp::named_methods(methods, limit.method).empty())
            return is_no_request("method", key);
        first = key;
    }
}

void warn_about_first_requests(const RateLimit& limit, const Node& node, const std::string& path, Mistakes& mistakes) {
    const bool is_even = limit.algorithm.empty() || limit.algorithm == "gcra";
    const bool counts_all =
        limit.method.empty() && limit.tool.empty() && limit.prompt.empty() && limit.resource_uri.empty();
    if (is_even && counts_all && (limit.burst.empty() || limit.burst == "0"))
        mistakes.warn(node.at, path, mcp::first_requests_warning);
}

// As the module tells limits apart.
auto identity_of(const RateLimit& limit) {
    return std::tuple(limit.by.empty() ? std::string_view("subject") : std::string_view(limit.by),
                      std::string_view(limit.rate), limit.burst.empty() ? std::string_view("0") : limit.burst,
                      limit.algorithm.empty() ? std::string_view("gcra") : std::string_view(limit.algorithm),
                      std::string_view(limit.method), std::string_view(limit.tool), std::string_view(limit.prompt),
                      std::string_view(limit.resource_uri));
}

}  // namespace

constinit const Object rate_limit_object = {
    "resources[].rate_limits[]", "How many requests may pass: one mapping, or a list of mappings. All of them apply.",
    rate_limit_keys};
constinit const Object refusal_limit_object = {"resources[].refusal_limit",
                                               "How many refused tokens an address may send. Above it, nginx refuses "
                                               "its requests that have a token with 429, and verifies no "
                                               "signature. Each instance of nginx counts for itself.",
                                               refusal_limit_keys};
constinit const Object redis_object = {
    "redis", "Redis or Valkey that several instances of nginx count rate limits in together.", redis_keys};

void check_rate_limits(const ResourceDraft& resource, Mistakes& mistakes) {
    const Place limits = place_of(resource, "rate_limits");
    if (limits.node == nullptr) return;
    const bool is_list = limits.node->type == Node::Type::sequence;
    if (resource.rate_limits.size() > mcp::most_limits)
        return mistakes.add(limits.node->at, limits.path,
                            "has " + std::to_string(resource.rate_limits.size()) + " limits, and " +
                                std::to_string(mcp::most_limits) + " are possible");
    for (std::size_t i = 0; i < resource.rate_limits.size(); i++) {
        const Node& node = is_list ? limits.node->elements[i] : *limits.node;
        const std::string path = is_list ? element_of(limits.path, i) : limits.path;
        check_selectors(resource.rate_limits[i], node, path, mistakes);
        warn_about_first_requests(resource.rate_limits[i], node, path, mistakes);
        for (std::size_t j = 0; j < i; j++)
            if (identity_of(resource.rate_limits[i]) == identity_of(resource.rate_limits[j]))
                mistakes.add(node.at, path,
                             "is the same limit as " + element_of(limits.path, j) + "; leave one of them out");
    }
}

void check_redis(Draft& draft, const Node& document, Mistakes& mistakes) {
    if (!draft.redis) return;
    const Position at = document.find("redis")->value.at;
    if (!draft.redis->user.empty() && draft.redis->password_file.empty())
        mistakes.add(at, "redis", "\"user\" needs \"password_file\"");
    if (!limits_rates(draft)) mistakes.warn(at, "redis", "has no effect: no resource has \"rate_limits\"");
    need_redis(draft, mistakes.place(at, "redis"));
}

}  // namespace cli::file
