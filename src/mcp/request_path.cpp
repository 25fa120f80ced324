#include "mcp/request_path.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "base/text.h"

namespace mcp {
namespace {

// What ends a segment, a path or its parameters for some reader, encoded or not; and "%", for those who decode twice.
constexpr std::string_view separators = "/\\?#;%";

// Of "%XX" at the front; nothing where it means another path to those who do not decode, or decode twice.
std::optional<char> decoded(std::string_view text) noexcept {
    const int byte = base::encoded_byte(text);
    const char c = static_cast<char>(byte);
    if (byte < 0 || base::is_unreserved(c) || separators.contains(c)) return std::nullopt;
    return c;
}

std::optional<std::string> decoded_path(std::string_view path) {
    std::string text;
    for (std::size_t i = 0; i < path.size(); i++) {
        char c = path[i];
        if (c == '%') {
            const auto byte = decoded(path.substr(i));
            if (!byte) return std::nullopt;
            c = *byte;
            i += base::encoded_byte_size - 1;
        } else if (c != '/' && (separators.contains(c) || c == ' ')) {
            return std::nullopt;
        }
        text += c;
    }
    return text;
}

// "." and "..", also where Windows cuts spaces; "..." is the parent of the parent to some.
bool is_dot_segment(std::string_view segment) noexcept {
    segment = segment.substr(0, segment.find_last_not_of(' ') + 1);
    return !segment.empty() && segment.find_first_not_of('.') == std::string_view::npos;
}

// Each begins with a slash; only the last one may be empty.
bool has_plain_segments(std::string_view path) noexcept {
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        if (is_dot_segment(segment) || (segment.empty() && !path.empty())) return false;
    }
    return path.empty();
}

}  // namespace

bool is_plain_path(std::string_view target) {
    const auto path = decoded_path(target.substr(0, target.find('?')));
    return path && path->starts_with('/') && has_plain_segments(*path) && base::is_utf8(*path) &&
           !base::has_control_characters(*path);
}

}  // namespace mcp
