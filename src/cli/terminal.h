// What commands say. All of it goes through printable(): a token or a server can name things as it likes.
#pragma once

#include <string>
#include <string_view>

namespace cli {

// The text in printable ASCII: other characters as JSON writes them ("\u202e"), bytes that are not UTF-8 as "\xff". So
// nothing can move the cursor, hide, or turn the direction of writing. Line breaks are escaped, too.
std::string printable(std::string_view text);

// A line on standard output.
void say(std::string_view line) noexcept;

// What another program said, line by line, on standard error.
void pass_on(std::string_view lines) noexcept;

// A value that somebody has set wrongly, in quotes: as a URL it is shown without what may be secret in it.
std::string shown(std::string_view value);

}  // namespace cli
