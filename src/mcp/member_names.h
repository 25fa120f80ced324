// Member names as different JSON readers compare them. Go, .NET and Java readers may ignore case, Go and Python ones
// underscores as well, and C ones what follows a NUL: where one reader sees a stranger, another sees the method.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "oauth/json/json.h"

namespace mcp {

// A name that decides something, and the same folded. Folding ends at the first NUL, drops "_" and "-", and turns ASCII
// letters, U+017F, U+212A, U+0130 and U+0131 into the lower-case ASCII letter that some reader takes them for.
struct KnownName {
    std::string_view exact;
    std::string_view folded;
};

// Finds the values of known names, in one pass: `found` has as many places as `known`, all empty. False when two
// members of the object fold to the same, when one folds to a known name without being spelled like it, or when one is
// "__proto__", which gives members to an object that is copied in JavaScript. What is no object has no members. Throws
// std::bad_alloc.
bool find_members(const oauth::json::Value& object, std::span<const KnownName> known,
                  std::span<std::optional<oauth::json::Value>> found);

// A name that is compared with several. The text must live as long.
class ComparedName {
public:
    explicit ComparedName(std::string_view text) noexcept;
    // Whether some reader takes it for the known name that folds to `folded`.
    bool folds_to(std::string_view folded) const noexcept;

private:
    std::string_view text_;
    bool is_plain_;  // but for case, it is folded
};

}  // namespace mcp
