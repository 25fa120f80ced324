#include "report/label.h"

#include <algorithm>

#include "base/text.h"

namespace report {
namespace {

// What take_character() gives for a byte that begins none is as well a character of its own: U+FFFD.
bool stays(char32_t character, std::string_view bytes) noexcept {
    const bool is_control = character < 0x20 || (character >= 0x7F && character <= 0x9F);
    return !is_control && (character != base::replacement_character || bytes == base::replacement_utf8);
}

}  // namespace

std::string_view label_of(std::string_view text, LabelBuffer& buffer) noexcept {
    if (text.size() <= longest_label && base::is_utf8(text) && !base::has_control_characters(text)) return text;
    std::size_t size = 0;
    while (!text.empty()) {
        std::string_view rest = text;
        const char32_t character = base::take_character(rest);
        std::string_view bytes = text.substr(0, text.size() - rest.size());
        if (!stays(character, bytes)) bytes = base::replacement_utf8;
        if (size + bytes.size() > longest_label) break;
        std::ranges::copy(bytes, buffer.begin() + static_cast<std::ptrdiff_t>(size));
        size += bytes.size();
        text = rest;
    }
    return {buffer.data(), size};
}

}  // namespace report
