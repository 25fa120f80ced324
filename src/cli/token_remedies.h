// What to do about a token that is refused, or about an introspection endpoint that says nothing of it.
#pragma once

#include <string_view>

#include "oauth/error.h"

namespace cli {

// A sentence part for behind "do this: ", never empty.
std::string_view remedy_for(oauth::Error error) noexcept;

}  // namespace cli
