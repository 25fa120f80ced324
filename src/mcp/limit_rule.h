// How much may pass, counted for whom: mcp_rate_limit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "mcp/operation_pattern.h"
#include "mcp/rate_limit.h"

namespace mcp {

// Whose requests are counted together.
enum class LimitBy : std::uint8_t {
    subject,
    client,
    issuer,
    address
};

inline constexpr std::string_view limit_by_form = "subject, client, issuer or address";  // for messages
std::string_view name_of(LimitBy by) noexcept;
std::optional<LimitBy> read_limit_by(std::string_view text) noexcept;

inline constexpr std::size_t most_limits = 64;  // that apply to one location

struct LimitRule {
    std::string name;  // in RateLimit-Policy: of the limits of one resource no two have the same
    Rate rate;
    LimitBy by = LimitBy::subject;
    std::vector<OperationPattern> operations{};  // counted when one matches; none: all requests, whatever they ask for
    base::Sha256 identity{};                     // identity_of()
    std::string quoted_name{};                   // in header fields: see describe_policy()
    std::string policy{};                        // its member of RateLimit-Policy
};

// What a request costs under this rule: 0, the rule is not about it.
std::uint32_t cost_of(const LimitRule& rule, std::span<const Operation> operations) noexcept;

// For people: "100r/m, burst 20", "100r/m, burst 20, by subject: tools/call write_*". Throw std::bad_alloc.
std::string words_for(const Rate& rate);
std::string words_for(const LimitRule& rule);

// What tells this rule's counts at this resource from all others: part of the key of each. With another rate it is
// another one, so that no two rates ever count in one place. Throws std::bad_alloc.
base::Sha256 identity_of(std::string_view resource, const LimitRule& rule);

}  // namespace mcp
