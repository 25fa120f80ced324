// Letters as protocols compare them: ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace base {

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// "?" for what has no glyph of its own in ASCII, each byte of another character included.
constexpr char printable(char c) noexcept {
    return c >= ' ' && c <= '~' ? c : '?';
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace base
