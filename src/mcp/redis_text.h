// What is said of the Redis that several machines count rate limits in: in a directive, settings and the environment.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mcp {

// What becomes of a request when Redis does not say whether it may pass.
enum class OnError : std::uint8_t {
    deny,
    allow
};

// For messages: what is right.
inline constexpr std::string_view redis_prefix_form = R"(1 to 64 letters, digits, "-", "_", "." and ":", like mcp)";
inline constexpr std::string_view redis_timeout_form = "a time from 1ms to 10s, like 200ms";
inline constexpr std::string_view on_error_form = "deny or allow";

inline constexpr std::chrono::milliseconds shortest_redis_timeout{1}, longest_redis_timeout{10000};

bool is_redis_prefix(std::string_view text) noexcept;
std::optional<OnError> read_on_error(std::string_view text) noexcept;

}  // namespace mcp
