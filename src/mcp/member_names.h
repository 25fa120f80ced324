// Member names as different JSON readers compare them. Go, .NET and Java readers may ignore case, Go and Python ones
// underscores as well, and C ones what follows a NUL: where one reader sees a stranger, another sees the method.
#pragma once

#include <span>
#include <string_view>

#include "oauth/base/json.h"

namespace mcp {

// A name that decides something, and the same folded.
struct KnownName {
    std::string_view exact;
    std::string_view folded;
};

// True when `name` folds to `folded`. Folding ends at the first NUL, drops "_" and "-", and turns ASCII letters,
// U+017F, U+212A, U+0130 and U+0131 into the lower-case ASCII letter that some reader takes them for.
bool folds_to(std::string_view name, std::string_view folded) noexcept;

// False when two members of this object fold to the same, when one folds to a known name without being spelled like it,
// or when one is "__proto__", which gives members to an object that is copied in JavaScript. Throws std::bad_alloc.
bool has_clear_names(const oauth::json::Value& object, std::span<const KnownName> known);

}  // namespace mcp
