#include "base/text.h"

#include <algorithm>
#include <span>

#include "base/ascii.h"
#include "base/escape.h"
#include "base/sha256.h"

namespace base {
namespace {

constexpr std::string_view ellipsis = "...";
constexpr std::size_t digest_digits = 32;
constexpr std::size_t kept_bytes = longest_shown - ellipsis.size() - digest_digits;

constexpr bool is_continuation(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

// What may follow a first byte: how many bytes, and the bounds of the next one (RFC 3629 section 4).
struct Sequence {
    std::size_t more;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};

constexpr std::size_t no_sequence = 4;  // the byte begins no character

constexpr Sequence sequence_of(unsigned char first) noexcept {
    if (first < 0x80) return {.more = 0};
    if (first < 0xC2) return {.more = no_sequence};
    if (first < 0xE0) return {.more = 1};
    if (first == 0xE0) return {.more = 2, .low = 0xA0};
    if (first == 0xED) return {.more = 2, .high = 0x9F};
    if (first < 0xF0) return {.more = 2};
    if (first == 0xF0) return {.more = 3, .low = 0x90};
    if (first < 0xF4) return {.more = 3};
    if (first == 0xF4) return {.more = 3, .high = 0x8F};
    return {.more = no_sequence};
}

// Of the character that `text` begins with; 0: it begins with none.
std::size_t character_size(std::string_view text) noexcept {
    const Sequence sequence = sequence_of(static_cast<unsigned char>(text[0]));
    if (sequence.more == no_sequence || sequence.more >= text.size()) return 0;
    if (sequence.more > 0) {
        const auto second = static_cast<unsigned char>(text[1]);
        if (second < sequence.low || second > sequence.high) return 0;
    }
    return std::ranges::all_of(text.substr(1, sequence.more), is_continuation) ? sequence.more + 1 : 0;
}

std::string_view beginning(std::string_view text) noexcept {
    std::size_t size = kept_bytes;
    while (size > kept_bytes - 3 && is_continuation(text[size]))
        size--;
    return text.substr(0, size);
}

bool looks_shortened(std::string_view text) noexcept {
    if (text.size() < longest_shown - 3 || text.size() > longest_shown) return false;
    return text.substr(0, text.size() - digest_digits).ends_with(ellipsis) &&
           text.find_first_not_of(hex_digits, text.size() - digest_digits) == std::string_view::npos;
}

}  // namespace

bool is_switch_word(std::string_view text) noexcept {
    static constexpr std::string_view words[] = {"on", "off", "true", "false", "yes", "no"};
    return std::ranges::any_of(words, [&](std::string_view word) { return equals_ignoring_case(word, text); });
}

bool has_control_characters(std::string_view text) noexcept {
    if (is_printable(text)) return false;
    unsigned char before = 0;
    return std::ranges::any_of(text, [&](unsigned char c) {
        const bool is_control = c < 0x20 || c == 0x7F || (before == 0xC2 && c >= 0x80 && c < 0xA0);
        before = c;
        return is_control;
    });
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

char32_t take_character(std::string_view& text) noexcept {
    const std::size_t size = character_size(text);
    const std::string_view bytes = text.substr(0, std::max<std::size_t>(size, 1));
    text.remove_prefix(bytes.size());
    if (size == 0) return replacement_character;
    // The first byte has as many bits of the character less as bytes follow it.
    char32_t character = static_cast<unsigned char>(bytes[0]) & (size == 1 ? 0x7FU : 0xFFU >> (size + 1));
    for (const char c : bytes.substr(1))
        character = character << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    return character;
}

bool is_invisible(char32_t character) noexcept {
    struct Range {
        char32_t first, last;
    };
    static constexpr Range ranges[] = {{0x00, 0x1F},       {0x7F, 0xA0},       {0xAD, 0xAD},      {0x34F, 0x34F},
                                       {0x61C, 0x61C},     {0x115F, 0x1160},   {0x1680, 0x1680},  {0x17B4, 0x17B5},
                                       {0x180B, 0x180F},   {0x2000, 0x200F},   {0x2028, 0x202F},  {0x205F, 0x206F},
                                       {0x2800, 0x2800},   {0x3000, 0x3000},   {0x3164, 0x3164},  {0xFE00, 0xFE0F},
                                       {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},  {0x13430, 0x1343F},
                                       {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    return std::ranges::any_of(
        ranges, [character](const Range& range) { return range.first <= character && character <= range.last; });
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const std::string_view rest = text;
        const char32_t character = take_character(text);
        valid += character == replacement_character ? replacement_utf8 : rest.substr(0, rest.size() - text.size());
    }
    return valid;
}

std::string shortened(std::string_view text) {
    if (text.size() <= longest_shown && !looks_shortened(text)) return std::string(text);
    const Sha256 digest = must_sha256_of({text});
    std::string result(beginning(text));
    result += ellipsis;
    append_hex(result, std::span(digest).first<digest_digits / 2>());
    return result;
}

void append_percent_encoded(std::string& out, std::string_view text, std::string_view also) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F && !also.contains(c)) {
            out += c;
        } else {
            append_percent_encoded(out, byte);
        }
    }
}

}  // namespace base
