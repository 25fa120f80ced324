// A claim as text, for a variable, a header or a line in a log.
#pragma once

#include <optional>
#include <string>

#include "oauth/base/json.h"

namespace oauth {

// A string as it is, an array as its elements joined with ",", null as nothing, anything else as JSON. nullopt: the
// text would hold a control character (a line break above all), which could end a header and begin another.
std::optional<std::string> claim_text(json::Value value);

}  // namespace oauth
