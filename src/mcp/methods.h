// The methods of MCP, of all its revisions.
#pragma once

#include <string_view>

namespace mcp {

// Whether it names one that clients send. Servers may have others of their own.
bool matches_known_method(std::string_view glob) noexcept;

}  // namespace mcp
