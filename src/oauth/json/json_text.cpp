#include "oauth/json/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "base/escape.h"
#include "base/text.h"
#include "oauth/json/json.h"

namespace oauth::json {
namespace {

constexpr auto plain_characters = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x7F; c++)
        table[c] = c != '"' && c != '\\';
    return table;
}();

bool is_plain_character(char c) noexcept {
    return plain_characters[static_cast<unsigned char>(c)];
}

void append_in_ascii(std::string& out, char32_t character) {
    if (character >= 0x20 && character < 0x7F) {
        if (character == '"' || character == '\\') out += '\\';
        out += static_cast<char>(character);
    } else {
        base::append_unicode_escape(out, character);
    }
}

// U+0080 to U+009F are control characters too: terminals that show a log obey them.
bool starts_with_c1_control(std::string_view text) noexcept {
    return text.size() > 1 && text[0] == '\xC2' && (static_cast<unsigned char>(text[1]) & 0xE0U) == 0x80;
}

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 32> digits{};
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    out += text;
    // A real without fraction must not come back as an integer.
    if (std::is_floating_point_v<Number> && text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append(std::string& out, const Value& value);

void append_object(std::string& out, const Value& object) {
    std::string_view separator;
    out += '{';
    object.each_member([&](std::string_view name, const Value& value) {
        out += std::exchange(separator, ",");
        append_quoted(out, name);
        out += ':';
        append(out, value);
        return true;
    });
    out += '}';
}

void append_array(std::string& out, const Value& array) {
    std::string_view separator;
    out += '[';
    array.each_element([&](const Value& element) {
        out += std::exchange(separator, ",");
        append(out, element);
        return true;
    });
    out += ']';
}

void append_integer(std::string& out, const Value& value) {
    if (const auto number = value.integer()) return append_number(out, *number);
    append_number(out, *value.unsigned_integer());
}

void append(std::string& out, const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += *value.boolean() ? "true" : "false";
            return;
        case Kind::integer:
            return append_integer(out, value);
        case Kind::real:
            return append_number(out, *value.number());
        case Kind::string:
            append_quoted(out, *value.string());
            return;
        case Kind::array:
            return append_array(out, value);
        case Kind::object:
            return append_object(out, value);
        case Kind::large_number:
            out += *value.large_number();
            return;
    }
}

}  // namespace

bool is_plain(std::string_view text) noexcept {
    return std::ranges::all_of(text, is_plain_character);
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain_character) - text.begin());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto byte = static_cast<unsigned char>(text[0]);
        if (byte < 0x20 || byte == 0x7F) {
            base::append_unicode_escape(out, byte);
        } else if (starts_with_c1_control(text)) {
            text.remove_prefix(1);
            base::append_unicode_escape(out, static_cast<unsigned char>(text[0]));
        } else {
            if (byte == '"' || byte == '\\') out += '\\';
            out += text[0];
        }
        text.remove_prefix(1);
    }
    out += '"';
}

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

std::string excerpt(std::string_view text) {
    constexpr std::string_view quote_and_dots = "\"...";
    std::string out = "\"";
    std::size_t cut = out.size();  // where the dots still find room
    while (!text.empty()) {
        append_in_ascii(out, base::take_character(text));
        if (out.size() >= longest_excerpt) return out.erase(cut).append(quote_and_dots);
        if (out.size() + quote_and_dots.size() <= longest_excerpt) cut = out.size();
    }
    return out += '"';
}

std::string Value::to_json() const {
    std::string text;
    append(text, *this);
    return text;
}

}  // namespace oauth::json
