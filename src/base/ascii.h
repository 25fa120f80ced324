// Letters as protocols compare them: ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace base {

constexpr bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}

constexpr bool is_upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

constexpr char to_lower(char c) noexcept {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) noexcept {
    return is_lower(to_lower(c));
}

constexpr bool is_letter_or_digit(char c) noexcept {
    return is_letter(c) || is_digit(c);
}

constexpr bool is_lower_or_digit(char c) noexcept {
    return is_lower(c) || is_digit(c);
}

// RFC 3986 section 2.3: what no URI has to encode.
constexpr bool is_unreserved(char c) noexcept {
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

inline constexpr std::string_view hex_digits = "0123456789abcdef";  // to write with
inline constexpr std::string_view capital_hex_digits = "0123456789ABCDEF";

// -1: it is no hexadecimal digit.
constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_hex_digit(char c) noexcept {
    return hex_value(c) >= 0;
}

inline constexpr std::size_t encoded_byte_size = 3;  // %XX

// The byte that is percent-encoded at the front of the text (RFC 3986 section 2.1); -1: none is.
constexpr int encoded_byte(std::string_view text) noexcept {
    if (text.size() < encoded_byte_size || text[0] != '%' || !is_hex_digit(text[1]) || !is_hex_digit(text[2]))
        return -1;
    return hex_value(text[1]) * 16 + hex_value(text[2]);
}

// "?" for what has no glyph of its own in ASCII, each byte of another character included.
constexpr char printable(char c) noexcept {
    return c >= ' ' && c <= '~' ? c : '?';
}

// Nothing but printable ASCII. By words of eight bytes, since nearly all texts of requests are that, and then nothing
// else has to be looked for in them.
inline bool is_printable(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof(word));
        // The highest bit of a byte: below 0x20 in the first term, of 0x7F in the second, of what is not ASCII in the
        // third. The lowest such byte sets it whatever the others carry.
        if ((((word - ones * 0x20) | (word + ones) | word) & (ones * 0x80)) != 0) return false;
    }
    return std::ranges::all_of(text, [](char c) { return printable(c) == c; });
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
