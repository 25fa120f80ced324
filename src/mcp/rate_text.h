// Rates as people write them: in directives, settings and the environment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/rate_limit.h"

namespace mcp {

// For messages: what read_rate() takes.
inline constexpr std::string_view rate_form = "a number from 1 to 1000000 with r/s, r/m or r/h, like 100r/m";
inline constexpr std::string_view burst_form = "a number from 0 to 1000000";
inline constexpr std::string_view limit_algorithm_form = "gcra, fixed_window, token_bucket or sliding_window";
// About a limit on all requests by GCRA without a burst: the first ones of an MCP client follow each other at once. In
// the same words by the directive and the settings file, so that the command tells it once.
inline constexpr std::string_view first_requests_warning =
    "no two requests pass at once, and clients begin with several; add \"burst\", or another \"algorithm\"";

// "100r/m": digits without a sign, space or leading zero, and a unit. Burst and algorithm are those of Rate{}.
std::optional<Rate> read_rate(std::string_view text) noexcept;
std::optional<std::uint32_t> read_burst(std::string_view text) noexcept;
std::optional<LimitAlgorithm> read_limit_algorithm(std::string_view text) noexcept;

// The same the other way: what is read again as the same. Throws std::bad_alloc.
std::string rate_text(const Rate& rate);
std::string_view limit_algorithm_name(LimitAlgorithm algorithm) noexcept;

}  // namespace mcp
