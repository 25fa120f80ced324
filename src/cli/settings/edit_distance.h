// How far two names are from each other, to guess what was meant.
#pragma once

#include <cstddef>
#include <string_view>

namespace cli {

// Levenshtein's: how many characters to add, remove or replace.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace cli
