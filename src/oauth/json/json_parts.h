// A document whose parts are read one by one, so that one that cannot be read spoils no other. For documents that the
// strict parser has refused: it is the one that says whether a part is JSON.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/error.h"

namespace oauth::json {

struct MemberText {
    std::string name;  // unescaped
    std::string_view value;
};

// The members of an object and the elements of an array, each a view into `text`. A view is what would be the part if
// it were JSON; the text is JSON exactly when all its parts are. No two members have one name. Errors:
// document_not_json, document_half_surrogate (in a name), document_duplicate_member, out_of_memory.
std::expected<std::vector<MemberText>, Error> members_of(std::string_view text);
std::expected<std::vector<std::string_view>, Error> elements_of(std::string_view text);

// What the strict parser refuses in JSON, and whoever reads part by part in one of them alone. No other error leaves a
// document in which anything else can be read.
bool is_of_one_part(Error error) noexcept;

// The string member of this name, or the first of several; empty when there is none. For a message alone: others may
// read another one.
std::string string_for_message(std::string_view text, std::string_view name);

}  // namespace oauth::json
