// Letters as protocols compare them: ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace base {

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) noexcept {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

constexpr bool is_letter_or_digit(char c) noexcept {
    return is_letter(c) || is_digit(c);
}

constexpr bool is_hex_digit(char c) noexcept {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f');
}

// "?" for what has no glyph of its own in ASCII, each byte of another character included.
constexpr char printable(char c) noexcept {
    return c >= ' ' && c <= '~' ? c : '?';
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

// As CGI has the names of headers (RFC 3875 section 4.1.18): letters in one case, and every other character than a
// letter or a digit as good as "-". A table, since every header of every request is compared with a handful of names.
inline constexpr auto cgi_characters = [] {
    std::array<char, 256> table{};
    for (int c = 0; c < 256; c++) {
        const char lower = to_lower(static_cast<char>(c));
        table[static_cast<std::size_t>(c)] = is_letter_or_digit(lower) ? lower : '_';
    }
    return table;
}();
constexpr char cgi_character(char c) noexcept {
    return cgi_characters[static_cast<unsigned char>(c)];
}

// True for two spellings of what is one name behind CGI, FastCGI, uwsgi or WSGI. PHP takes "X.User" for "X_User".
constexpr bool same_cgi_name(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, cgi_character, cgi_character);
}

}  // namespace base
