// Writing JSON text (RFC 8259 section 7).
#pragma once

#include <string>
#include <string_view>

namespace oauth::json {

// A JSON string with its quotes. `text` must be UTF-8; control characters, quotes and backslashes are escaped.
std::string quoted(std::string_view text);

}  // namespace oauth::json
