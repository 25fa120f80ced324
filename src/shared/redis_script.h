// The script that decides in Redis what mcp::take() decides in a worker, and what is said to it and by it.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/rate_limit.h"
#include "ngx/redis_reply.h"
#include "shared/limits.h"

namespace shared {

// Lua 5.1, for Redis 6.0 and later, and Valkey. Its keys are the states, one for each share; its arguments are the five
// numbers of each share.
std::string_view limit_script() noexcept;
// By which Redis knows it once it has seen it. Empty where OpenSSL has no SHA-1.
std::string limit_script_digest();

// More than this at once are more than a reply may hold.
constexpr std::size_t most_shares = ngx::RedisParser::most_values / 5 - 1;

// "mcp:limit:" and the digest in base64url.
std::string limit_key(std::string_view prefix, const base::Sha256& key);

// What follows the script or its digest in the command.
std::vector<std::string> limit_arguments(std::string_view prefix, std::span<const LimitUse> uses);

// Writes the results into the uses that were asked about. The error: the reply is none of this script's, for the log;
// and then none of them is allowed.
std::expected<void, std::string_view> read_limit_reply(const ngx::RedisReply& reply, std::span<LimitUse> uses) noexcept;

}  // namespace shared
