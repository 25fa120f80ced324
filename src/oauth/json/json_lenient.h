// JSON that the strict parser refuses although it is valid (RFC 8259): numbers beyond its range, and escapes of half a
// surrogate pair. Whoever needs neither reads the rest of the document.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace oauth::json {

// A text of the same length in which each integer beyond 64 bits and each number with a fraction or an exponent is the
// real 0.0, and each lone surrogate \uXXXX in a string value is \uFFFD. nullopt: nothing of the kind stands in it, or
// what does is no valid number, or part of a member's name (two names could become one). The result is valid JSON
// exactly when `text` is; that is for the parser to find out. Throws std::bad_alloc.
std::optional<std::string> without_unreadable_values(std::string_view text);

}  // namespace oauth::json
