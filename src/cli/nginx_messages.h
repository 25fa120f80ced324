// What nginx says about a configuration.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// A line of nginx: "nginx: [warn] TEXT in FILE:LINE", or "2026/11/28 12:00:00 [warn] 7#7: TEXT in FILE:LINE".
struct NginxMessage {
    std::string_view level;
    std::string_view whole;  // as nginx repeats it whenever it reads this configuration
    std::string_view text;   // without its place
    std::string_view file;   // empty: it names no place
    std::size_t line = 0;

    // Not only that all is well.
    bool is_warning() const noexcept;
};
std::optional<NginxMessage> parse_nginx_message(std::string_view line) noexcept;

// Of all that nginx has said, what is no mere note.
std::vector<NginxMessage> nginx_warnings(std::string_view output);

}  // namespace cli
