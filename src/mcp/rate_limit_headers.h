// What a client is told of its limits: values of header fields. Times are whole seconds, rounded up.
//
// RateLimit and RateLimit-Policy are those of draft-ietf-httpapi-ratelimit-headers-10, lists of structured fields
// (RFC 9651). X-RateLimit-* have no standard; they are as most servers send them, with the seconds until a reset.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "mcp/limit_rule.h"
#include "mcp/rate_limit.h"

namespace mcp {

// A limit, and what take() says of it. A view of both.
struct ToldLimit {
    const LimitRule* rule;
    const LimitResult* result;
};

// Writes into the rule what the fields need of it, so that no request has to. Throws std::bad_alloc, as all functions
// here that append to a string.
void describe_policy(LimitRule& rule);

// "subject";q=100;w=60, "client";q=1000;w=3600: how many at most in which time, burst included. Nothing when there is
// no limit: then there is no field.
void append_rate_limit_policy(std::string& out, std::span<const ToldLimit> limits);

// "subject";r=50;t=30. Of limits that refuse, t is when to come again, as in Retry-After; and then only these are
// listed, so that Retry-After is not before the end of a time that is told (section 6 of the draft).
void append_rate_limit(std::string& out, std::span<const ToldLimit> limits);

bool all_pass(std::span<const ToldLimit> limits) noexcept;

// The one that a client meets first: of those that refuse the one that does for longest, else the one with the fewest
// remaining, and of these the one whose reset is last. nullptr when there is none.
const ToldLimit* tightest_limit(std::span<const ToldLimit> limits) noexcept;

// Until all that refuse may pass, at least 1. Where so much is asked for that it never passes: until as much may pass
// as ever can.
std::int64_t retry_after_seconds(std::span<const ToldLimit> limits) noexcept;
std::int64_t wait_seconds(const LimitResult& refusal) noexcept;  // of one
std::int64_t reset_seconds(const LimitResult& result) noexcept;

}  // namespace mcp
