// What is wrong with settings, all of it at once.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace cli {

// A line each, for standard error: "MCP_XXX is required but not set". Nothing may be done while there is an error.
struct Findings {
    std::vector<std::string> errors;
    std::vector<std::size_t> unset;  // which of them say that a setting is not there
    std::vector<std::string> warnings;
    std::vector<std::string> derived;  // what nobody has said, and follows from what was: "the path /mcp"
};

}  // namespace cli
