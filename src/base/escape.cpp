#include "base/escape.h"

#include "base/ascii.h"

namespace base {
namespace {

void append_code_unit(std::string& out, char32_t unit) {
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U})
        out += hex_digits[(unit >> shift) & 0xFU];
}

}  // namespace

std::string hex(std::span<const unsigned char> bytes) {
    std::string out;
    out.reserve(2 * bytes.size());
    append_hex(out, bytes);
    return out;
}

void append_hex(std::string& out, std::span<const unsigned char> bytes) {
    for (const unsigned char byte : bytes)
        out += {hex_digits[byte >> 4U], hex_digits[byte & 0xFU]};
}

void append_percent_encoded(std::string& out, unsigned char byte) {
    out += {'%', capital_hex_digits[byte >> 4U], capital_hex_digits[byte & 0xFU]};
}

void append_unicode_escape(std::string& out, char32_t character) {
    if (character < 0x10000) return append_code_unit(out, character);
    append_code_unit(out, 0xD800 + ((character - 0x10000) >> 10U));
    append_code_unit(out, 0xDC00 + (character & 0x3FFU));
}

}  // namespace base
