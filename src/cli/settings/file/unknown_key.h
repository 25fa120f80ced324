// What is said about a key that there is not.
#pragma once

#include <string>
#include <string_view>

#include "cli/settings/file/keys.h"

namespace cli::file {

std::string about_unknown_key(const Object& object, std::string_view name);

// "url, backend, ..."
std::string names_of(const Object& object);

}  // namespace cli::file
