// UTF-8 text from strangers: what must not get into a header or a log line, and how a long text is made short.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// U+0000 to U+001F and U+007F to U+009F (in UTF-8: 7F, C2 80 to C2 9F). A line break ends a header; terminals that show
// a log obey the others.
bool has_control_characters(std::string_view text) noexcept;

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

// "on", "off" and what others write for them, in any case: where any text may stand, nobody means it.
bool is_switch_word(std::string_view text) noexcept;

// Takes the first character off a text that is not empty. U+FFFD for a byte that begins none.
char32_t take_character(std::string_view& text) noexcept;

// What nobody sees, or takes for an ordinary space: controls, separators of lines, what has no glyph of its own or
// turns the direction of text (Unicode's Default_Ignorable_Code_Point and Bidi_Control), and other spaces.
bool is_invisible(char32_t character) noexcept;

inline constexpr char32_t replacement_character = 0xFFFD;
inline constexpr std::string_view replacement_utf8 = "\xEF\xBF\xBD";
// Each byte that begins no character becomes U+FFFD. Throws std::bad_alloc.
std::string valid_utf8(std::string_view text);

inline constexpr std::size_t longest_shown = 1024;

// At most longest_shown bytes. A longer text becomes its beginning (cut between characters), "..." and 32 hex digits of
// its SHA-256: two different texts never look the same, so that the result may be part of a cache's key. For that a
// text that already looks like such a result is changed as well. Throws std::bad_alloc.
std::string shortened(std::string_view text);

// Bytes outside 0x20 to 0x7E and those of `also` become %XX.
void append_percent_encoded(std::string& out, std::string_view text, std::string_view also);

}  // namespace base
