// Where a value stands inside the claims or the header of a token.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "oauth/json/json.h"

namespace oauth {

// How plain names reach into objects: with delimiter "." and quote '"', a.b is member b of member a, and "a.b" is one
// name.
struct NestedNames {
    std::string delimiter = ".";
    std::string quote = "\"";
};

class ClaimPath {
public:
    // One member of the object itself, whatever its name looks like.
    static ClaimPath member(std::string_view name);
    // Each name is a member of the object before.
    static ClaimPath members(const std::vector<std::string>& names);

    // The errors of the following two are for a message.

    // .name  ."any name"  [0]  ["any name"]  one after another, as in .groups[0].name; a backslash inside of quotes
    // takes the next character as it is.
    static std::expected<ClaimPath, std::string> parse(std::string_view text);
    static std::expected<ClaimPath, std::string> parse_nested(std::string_view text, const NestedNames& syntax);

    std::optional<json::Value> find(json::Value root) const noexcept;

    // True when it leads to this member of the object itself.
    bool is_member(std::string_view name) const noexcept;
    // The member of the object itself that it goes through, or leads to; empty when it begins with an element.
    std::string_view first_member() const noexcept;

private:
    using Step = std::variant<std::string, std::size_t>;  // a member, or an element
    std::vector<Step> steps_;
};

}  // namespace oauth
