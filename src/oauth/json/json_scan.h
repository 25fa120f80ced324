// Finding one's way in JSON text that no parser has read.
#pragma once

#include <cstddef>
#include <string_view>

namespace oauth::json {

inline constexpr std::string_view white_space = " \t\n\r";  // RFC 8259 section 2

// Of the string that `text` begins with, its quotes included; 0: it is open.
constexpr std::size_t string_size(std::string_view text) noexcept {
    for (std::size_t at = 1; at < text.size(); at++) {
        if (text[at] == '"') return at + 1;
        if (text[at] == '\\') at++;
    }
    return 0;
}

}  // namespace oauth::json
