// The path that a request asks for, as it came. nginx chooses the location by what it makes of it, and the MCP server
// gets it as it came: what was judged must be what is done.
#pragma once

#include <string_view>

namespace mcp {

// True when every reader takes the path of this request target (RFC 9112 section 3.2.1) for the same one, whether it
// decodes it, removes dot segments, merges slashes or cuts parameters. Throws std::bad_alloc.
bool is_plain_path(std::string_view target);

}  // namespace mcp
