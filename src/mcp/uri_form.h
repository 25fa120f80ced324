// Resource URIs that everybody reads alike. A scope rule compares the text of a URI; a server may parse it first, by
// the URL Standard (WHATWG) or RFC 3986, and open what its parser made of it.
#pragma once

#include <optional>
#include <string_view>

namespace mcp {

// True for an absolute URI that no such parser rewrites, and that names one path only when it is decoded (once or
// twice) to a file's. Stricter than either standard where parsers disagree: no host in brackets, no "xn--", no
// fragment.
bool is_normal_uri(std::string_view uri) noexcept;

// Why not, as the end of a sentence ("has capital letters in its scheme"); empty for a normal one.
std::string_view uri_problem(std::string_view uri) noexcept;

// For an operator's pattern ("*" and "?" as in glob_matches): why it can match no normal URI, or nullopt when it can.
// The text up to the first wildcard is what is judged. Throws std::bad_alloc.
std::optional<std::string_view> uri_pattern_problem(std::string_view pattern);

}  // namespace mcp
