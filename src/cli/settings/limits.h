// How much may pass in which time, and where it is counted: what such settings can be, whoever says them.
#pragma once

#include <string>
#include <string_view>

#include "cli/settings/gateway.h"

namespace cli {

// The end of a sentence about the value; empty: nothing is wrong.
std::string rate_problem(std::string_view text);             // "100r/m"
std::string burst_problem(std::string_view text);            // from 0 on
std::string limit_by_problem(std::string_view text);         // subject, client, issuer, address
std::string limit_algorithm_problem(std::string_view text);  // gcra, fixed_window, token_bucket, sliding_window
std::string redis_address_problem(std::string_view text);    // "redis:6379", "unix:/run/redis.sock"
std::string redis_user_problem(std::string_view text);
std::string redis_prefix_problem(std::string_view text);
std::string redis_timeout_problem(std::string_view text);
std::string redis_on_error_problem(std::string_view text);  // deny, allow

// What is right, for messages; mcp/rate_text.h and mcp/redis_text.h say it of the rest.
inline constexpr std::string_view right_redis = "\"host:port\" or \"unix:/path\", like redis:6379";

// Of a good address: the host, as nginx or a resolver looks it up; empty for a socket.
std::string redis_host(std::string_view address);
// Whether requests pass while Redis cannot be asked.
bool allows_without_redis(const Redis& redis) noexcept;

bool limits_rates(const Gateway& gateway) noexcept;

// A name that need not be there when nginx starts: what must not pass is refused until it is. Nothing for an address.
void need_redis(Gateway& gateway, const std::string& origin);

// The size of mcp_zone: what was said, or what fits what is in it.
std::string zone_size_of(const Gateway& gateway);

// Where counts are, for people; empty: nothing is counted.
std::string counted_where(const Gateway& gateway);

}  // namespace cli
