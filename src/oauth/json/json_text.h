// Writing JSON text (RFC 8259 section 7).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace oauth::json {

// A JSON string with its quotes. `text` must be UTF-8; control characters, quotes and backslashes are escaped.
std::string quoted(std::string_view text);
void append_quoted(std::string& out, std::string_view text);

// Whether nothing of it needs an escape, and all of it is ASCII, as nearly every text.
bool is_plain(std::string_view text) noexcept;

// The same for a log line, where strangers must neither fill the page nor turn it round, as U+202E does in a terminal:
// ASCII alone, other characters as \uXXXX; at most `longest_excerpt` bytes, and what is cut off is shown by "..."
// behind the quotes.
inline constexpr std::size_t longest_excerpt = 100;
std::string excerpt(std::string_view text);

}  // namespace oauth::json
