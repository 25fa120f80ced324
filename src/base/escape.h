// Bytes and characters as other, plain characters write them. All throw std::bad_alloc.
#pragma once

#include <span>
#include <string>

namespace base {

// Two digits for each byte, in lower case.
std::string hex(std::span<const unsigned char> bytes);
void append_hex(std::string& out, std::span<const unsigned char> bytes);

// %XX (RFC 3986 section 2.1).
void append_percent_encoded(std::string& out, unsigned char byte);

// \uXXXX, and for a character beyond U+FFFF two of them, of UTF-16 (RFC 8259 section 7).
void append_unicode_escape(std::string& out, char32_t character);

}  // namespace base
