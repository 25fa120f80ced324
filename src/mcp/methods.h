// The methods of MCP, of all its revisions.
#pragma once

#include <span>
#include <string_view>

namespace mcp {

// Whether it names one that clients send. Servers may have others of their own.
bool matches_known_method(std::string_view glob) noexcept;

std::span<const std::string_view> known_methods() noexcept;

// Whether it does something on the server or shows what is in it, and not only begins, ends or lists.
bool is_acting(std::string_view method) noexcept;

}  // namespace mcp
