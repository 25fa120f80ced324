// Arguments that may be almost any text. What nobody can mean by one would have no effect, or not the one that it seems
// to have: all throw ngx::ConfigError, which says what would be right.
#pragma once

#include <string>
#include <string_view>

namespace mcp_resource {

std::string read_scope(std::string_view text);

// What "aud" or "iss" of a token says, byte by byte.
std::string read_audience(std::string_view text);
std::string read_issuer(std::string_view text);

// Of JSON-RPC methods, with "*" and "?".
std::string read_method_pattern(std::string_view text);
// Of tools or prompts; those for URIs are checked when all is known.
std::string read_name_pattern(std::string_view text);

// The argument of a repeatable one, when it ends with a comma or holds another: "https://a,https://b".
void refuse_list_of_urls(std::string_view text);

// As mcp::normalized_origin() has it.
std::string read_origin(std::string_view text);

}  // namespace mcp_resource
