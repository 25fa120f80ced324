#include "oauth/json/json_lenient.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/ascii.h"
#include "oauth/json/json_scan.h"

namespace oauth::json {
namespace {

constexpr std::string_view number_characters = "0123456789+-.eE";
constexpr std::size_t escape_size = 6;  // \uXXXX

// Takes digits off the front; false when there are none.
bool take_digits(std::string_view& text) noexcept {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count > 0;
}

bool take_any(std::string_view& text, std::string_view characters) noexcept {
    if (text.empty() || !characters.contains(text.front())) return false;
    text.remove_prefix(1);
    return true;
}

// RFC 8259 section 6.
bool is_number(std::string_view text) noexcept {
    take_any(text, "-");
    const bool starts_with_zero = text.starts_with('0');
    const std::size_t before = text.size();
    if (!take_digits(text) || (starts_with_zero && before - text.size() > 1)) return false;
    if (take_any(text, ".") && !take_digits(text)) return false;
    if (take_any(text, "eE")) {
        take_any(text, "+-");
        if (!take_digits(text)) return false;
    }
    return text.empty();
}

template <class Integer>
bool fits(std::string_view digits) noexcept {
    Integer value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
}

// The UTF-16 code unit of an escape that begins here.
std::optional<std::uint16_t> code_unit(std::string_view text) noexcept {
    if (text.size() < escape_size || !text.starts_with("\\u")) return std::nullopt;
    std::uint16_t unit = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + escape_size, unit, 16);
    if (error != std::errc() || end != text.data() + escape_size) return std::nullopt;
    return unit;
}

constexpr bool is_high_surrogate(std::uint16_t unit) noexcept {
    return (unit & 0xFC00U) == 0xD800;
}
constexpr bool is_low_surrogate(std::uint16_t unit) noexcept {
    return (unit & 0xFC00U) == 0xDC00;
}

struct Escape {
    std::size_t size;
    bool is_half_a_pair;
};

// The escape, or the pair of surrogates, that begins here.
Escape escape_at(std::string_view text) noexcept {
    const auto unit = code_unit(text);
    if (!unit) return {2, false};
    if (is_low_surrogate(*unit)) return {escape_size, true};
    if (!is_high_surrogate(*unit)) return {escape_size, false};
    const auto next = code_unit(text.substr(escape_size));
    const bool is_pair = next && is_low_surrogate(*next);
    return {is_pair ? 2 * escape_size : escape_size, !is_pair};
}

bool is_followed_by_colon(std::string_view text, std::size_t at) noexcept {
    const std::size_t next = text.find_first_not_of(white_space, at);
    return next != std::string_view::npos && text[next] == ':';
}

// Hands out the numbers and the strings (with their quotes) of a text, and where they stand. False: a number is
// malformed, or stands as a name, or a string is open; or a visitor said so, by false.
template <class VisitNumber, class VisitString>  // bool(std::size_t at, std::string_view token)
bool scan(std::string_view text, VisitNumber visit_number, VisitString visit_string) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t size = 1;
        if (text[at] == '"') {
            size = string_size(text.substr(at));
            if (size == 0 || !visit_string(at, text.substr(at, size))) return false;
        } else if (text[at] == '-' || base::is_digit(text[at])) {
            size = std::min(text.find_first_not_of(number_characters, at), text.size()) - at;
            const std::string_view number = text.substr(at, size);
            if (!is_number(number) || is_followed_by_colon(text, at + size) || !visit_number(at, number)) return false;
        }
        at += size;
    }
    return true;
}

bool skip(std::size_t, std::string_view) noexcept {
    return true;
}

// True when there is one.
template <class Visit>  // void(std::size_t at)
bool each_half_a_pair(std::string_view string, Visit visit) {
    bool found = false;
    for (std::size_t at = string.find('\\'); at != std::string_view::npos;) {
        const Escape escape = escape_at(string.substr(at));
        if (escape.is_half_a_pair) visit(at);
        found = found || escape.is_half_a_pair;
        at = string.find('\\', at + escape.size);
    }
    return found;
}

bool is_64_bit_integer(std::string_view number) noexcept {
    return fits<std::int64_t>(number) || fits<std::uint64_t>(number);
}

// Also true for one that is too small: that is zero.
bool is_readable(std::string_view number) noexcept {
    if (number.find_first_of(".eE") == std::string_view::npos) return is_64_bit_integer(number);
    return fits<double>(number) || number.contains("e-") || number.contains("E-");
}

}  // namespace

std::optional<std::string> without_unreadable_values(std::string_view text) {
    std::string result(text);
    bool replaced = false;
    const auto number = [&](std::size_t at, std::string_view token) {
        if (is_64_bit_integer(token)) return true;  // any other has three characters at least
        result.replace(at, token.size(), "0.0" + std::string(token.size() - 3, ' '));
        replaced = true;
        return true;
    };
    const auto string = [&](std::size_t at, std::string_view token) {
        const auto mend = [&](std::size_t place) { result.replace(at + place, escape_size, "\\uFFFD"); };
        const bool mended = each_half_a_pair(token, mend);
        replaced = replaced || mended;
        return !mended || !is_followed_by_colon(text, at + token.size());
    };
    if (!scan(text, number, string) || !replaced) return std::nullopt;
    return result;
}

Error refusal_of_number(std::string_view text) {
    bool found = false;
    const auto number = [&](std::size_t, std::string_view token) {
        found = found || !is_readable(token);
        return true;
    };
    return scan(text, number, skip) && found ? Error::document_number_too_large : Error::document_not_json;
}

Error refusal_of_string(std::string_view text) {
    bool found = false;
    const auto string = [&](std::size_t, std::string_view token) {
        found = each_half_a_pair(token, [](std::size_t) {});
        return !found;
    };
    scan(text, skip, string);
    return found ? Error::document_half_surrogate : Error::document_not_json;
}

QuotedNumbers with_large_numbers_in_quotes(std::string_view text) {
    QuotedNumbers result;
    std::size_t copied = 0;
    std::size_t strings = 0;
    const auto number = [&](std::size_t at, std::string_view token) {
        if (is_readable(token)) return true;
        result.text.append(text.substr(copied, at - copied)).append("\"").append(token).append("\"");
        result.strings.push_back(strings++);
        copied = at + token.size();
        return true;
    };
    scan(text, number, [&](std::size_t, std::string_view) { return ++strings > 0; });
    result.text.append(text.substr(copied));
    return result;
}

}  // namespace oauth::json
