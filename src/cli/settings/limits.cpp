#include "cli/settings/limits.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/ascii.h"
#include "cli/settings/syntax.h"
#include "cli/settings/times.h"
#include "mcp/limit_rule.h"
#include "mcp/rate_text.h"
#include "mcp/redis_text.h"

namespace cli {
namespace {

constexpr std::string_view socket_scheme = "unix:";

bool may_be_in_user(char c) noexcept {
    return base::is_unreserved(c) || std::string_view("@+:").contains(c);
}

template <class Has>
bool any_resource(const Gateway& gateway, Has has) {
    return std::ranges::any_of(gateway.servers,
                               [&](const Server& server) { return std::ranges::any_of(server.resources, has); });
}

bool has_rates(const Resource& resource) noexcept {
    return !resource.rate_limits.empty();
}

bool fills_zone(const Gateway& gateway) noexcept {
    return (limits_rates(gateway) && !gateway.redis) ||
           any_resource(gateway, [](const Resource& resource) { return resource.refusal_limit.has_value(); });
}

}  // namespace

std::string rate_problem(std::string_view text) {
    return mcp::read_rate(text) ? "" : "is not a rate";
}

std::string burst_problem(std::string_view text) {
    return mcp::read_burst(text) ? "" : "is not a valid number";
}

std::string limit_by_problem(std::string_view text) {
    return mcp::read_limit_by(text) ? "" : "is nothing that requests are counted by";
}

std::string limit_algorithm_problem(std::string_view text) {
    return mcp::read_limit_algorithm(text) ? "" : "is not a known algorithm";
}

std::string redis_address_problem(std::string_view text) {
    if (text.starts_with(socket_scheme)) {
        const auto socket = parse_backend_url(text);
        return socket ? "" : socket.error();
    }
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return "has no port";
    return is_host(text.substr(0, colon)) && parse_port(text.substr(colon + 1)) ? "" : "is not an address of Redis";
}

std::string redis_user_problem(std::string_view text) {
    if (text.empty()) return "is empty";
    return text.size() <= 128 && std::ranges::all_of(text, may_be_in_user)
               ? ""
               : "is not a name of at most 128 letters, digits and \"-._~@+:\"";
}

std::string redis_prefix_problem(std::string_view text) {
    if (text.empty()) return "is empty";
    return mcp::is_redis_prefix(text) ? "" : "is not a prefix of keys";
}

std::string redis_timeout_problem(std::string_view text) {
    const auto time = read_milliseconds(text);
    if (!time) return "is not a time";
    const std::chrono::milliseconds timeout(*time);
    return timeout < mcp::shortest_redis_timeout  ? "is too short"
           : timeout > mcp::longest_redis_timeout ? "is too long"
                                                  : "";
}

std::string redis_on_error_problem(std::string_view text) {
    return mcp::read_on_error(text) ? "" : "is not a way to go on without Redis";
}

std::string redis_host(std::string_view address) {
    return address.starts_with(socket_scheme) ? "" : std::string(address.substr(0, address.rfind(':')));
}

bool allows_without_redis(const Redis& redis) noexcept {
    return mcp::read_on_error(redis.on_error) == mcp::OnError::allow;
}

bool limits_rates(const Gateway& gateway) noexcept {
    return any_resource(gateway, has_rates);
}

void need_redis(Gateway& gateway, const std::string& origin) {
    const std::string host = gateway.redis ? redis_host(gateway.redis->address) : "";
    // With name servers of their own, names are looked up when they are needed.
    if (host.empty() || !gateway.resolvers.empty()) return;
    gateway.hosts.push_back(
        {.origin = origin,
         .host = host,
         .remedy = {},
         .meanwhile = allows_without_redis(*gateway.redis) ? "no rate is limited" : "limited requests get 503"});
}

std::string zone_size_of(const Gateway& gateway) {
    if (!gateway.zone_size.empty()) return gateway.zone_size;
    return fills_zone(gateway) ? "32m" : "16m";
}

std::string counted_where(const Gateway& gateway) {
    if (!limits_rates(gateway)) return {};
    if (!gateway.redis) return "rate limits are counted by this machine only";
    return "rate limits are counted in Redis, " + gateway.redis->address + "; while it cannot be reached, " +
           (allows_without_redis(*gateway.redis) ? "no rate is limited" : "limited requests get 503");
}

}  // namespace cli
