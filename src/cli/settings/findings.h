// What is wrong with settings, all of it at once.
#pragma once

#include <string>
#include <vector>

namespace cli {

// A line each, for standard error: "MCP_XXX is required but not set". Nothing may be done while there is an error.
struct Findings {
    std::vector<std::string> errors;
    std::vector<std::string> warnings;
    bool may_lack_settings = false;    // what is required and was not said is no error to whoever asks
    std::vector<std::string> derived;  // what nobody has said, and follows from what was: "the path /mcp"
};

}  // namespace cli
