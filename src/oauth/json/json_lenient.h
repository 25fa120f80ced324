// JSON that the strict parser refuses although it is valid (RFC 8259): numbers beyond its range, and escapes of half a
// surrogate pair. Whoever needs neither reads the rest of the document.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/error.h"

namespace oauth::json {

// A text of the same length in which each integer beyond 64 bits and each number with a fraction or an exponent is the
// real 0.0, and each lone surrogate \uXXXX in a string value is \uFFFD. nullopt: nothing of the kind stands in it, or
// what does is no valid number, or part of a member's name (two names could become one). The result is valid JSON
// exactly when `text` is; that is for the parser to find out. Throws std::bad_alloc.
std::optional<std::string> without_unreadable_values(std::string_view text);

// Why the strict parser could not read a number of `text` (document_number_too_large, or document_not_json), or a
// string (document_half_surrogate, or document_not_json). Throw std::bad_alloc.
Error refusal_of_number(std::string_view text);
Error refusal_of_string(std::string_view text);

// `text` with each number beyond 64 bits in quotes, and which of the strings of that are such numbers: their places
// among all strings, names included, in the order of the text. Throws std::bad_alloc.
struct QuotedNumbers {
    std::string text;
    std::vector<std::size_t> strings;
};
QuotedNumbers with_large_numbers_in_quotes(std::string_view text);

}  // namespace oauth::json
