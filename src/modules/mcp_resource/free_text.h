// Arguments that may be almost any text: all throw ngx::ConfigError, which says what would be right. The rules are
// those of mcp/free_text.h.
#pragma once

#include <string>
#include <string_view>

#include "mcp/free_text.h"

namespace mcp_resource {

// Throws when something is wrong. `shown`: the text as messages show it.
void refuse(const mcp::TextProblem& problem, const std::string& shown);

std::string read_scope(std::string_view text);
std::string read_audience(std::string_view text);
std::string read_issuer(std::string_view text);
std::string read_method_pattern(std::string_view text);
// Of tools or prompts; those for URIs are checked when all is known.
std::string read_name_pattern(std::string_view text);

// As mcp::normalized_origin() has it.
std::string read_origin(std::string_view text);

}  // namespace mcp_resource
