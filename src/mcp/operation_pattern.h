// Which operations a rule is about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mcp/jsonrpc.h"

namespace mcp {

// "*" stands for any text, "?" for any one byte; everything else for itself, with regard to case.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

struct OperationPattern {
    std::string method{};  // glob; empty: any method
    std::string name{};    // glob; empty: with or without a name

    bool is_general() const noexcept { return method.empty() && name.empty(); }
    bool matches(const Operation& operation) const noexcept;
    bool judges_uris() const;
};

// The methods, as patterns, whose operations have the name of a tool, of a prompt, or of a resource.
inline constexpr std::string_view tool_methods = "tools/call", prompt_methods = "prompts/get",
                                  resource_methods = "resources/*";

// The methods whose operations have a name, and that both patterns match. None: no request is meant. Throws
// std::bad_alloc.
std::vector<std::string> named_methods(std::string_view pattern, std::string_view other);

}  // namespace mcp
