// A claim as text, for a variable, a header or a line in a log.
#pragma once

#include <optional>
#include <string>

#include "oauth/json/json.h"

namespace oauth {

// A string as it is, an array as its elements joined with ",", null as nothing, anything else as JSON. nullopt: the
// text would hold a control character (a line break above all), which could end a header and begin another.
std::optional<std::string> claim_text(json::Value value);

// The same for the value of a header, which is read as Latin-1 by some and as UTF-8 by others, and split at commas:
// bytes outside 0x20 to 0x7E, "%", "," and a space at either end of an element (or of a lone value) become %XX, so that
// a comma only ever separates elements, and all can be undone.
std::optional<std::string> claim_header_text(json::Value value);

}  // namespace oauth
