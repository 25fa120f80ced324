#include "mcp/redis_text.h"

#include <algorithm>

#include "base/ascii.h"

namespace mcp {
namespace {

constexpr std::size_t longest_prefix = 64;

constexpr bool is_plain(char c) noexcept {
    return base::is_letter_or_digit(c) || std::string_view("-_.:").contains(c);
}

}  // namespace

bool is_redis_prefix(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longest_prefix && std::ranges::all_of(text, is_plain);
}

std::optional<OnError> read_on_error(std::string_view text) noexcept {
    if (text == "deny") return OnError::deny;
    if (text == "allow") return OnError::allow;
    return std::nullopt;
}

}  // namespace mcp
