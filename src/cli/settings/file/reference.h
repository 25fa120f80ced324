// The parts of our documents that are made of the tables of variables and keys.
#pragma once

#include <string>

namespace cli::file {

std::string reference();  // of docs/CONFIGURATION.md: all variables, and all keys
std::string names();      // of docs/NAMES.md: which directive, variable, key and option say the same

}  // namespace cli::file
