// What holds of every request that goes to a server of the settings, whoever sends it: nginx' workers, or a command
// that tells what those would get.
#pragma once

#include <chrono>
#include <string_view>

namespace base {

inline constexpr char user_agent[] = "nginx-mcp-resource";
inline constexpr std::chrono::milliseconds connect_limit{2000};

// Whether a redirect is followed, when `followed` were before: why not, as the end of a sentence, or nothing. What the
// request was sent with, and who is trusted, is meant for its origin alone.
std::string_view redirect_refusal(std::string_view from, std::string_view to, unsigned followed) noexcept;

}  // namespace base
