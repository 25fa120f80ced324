// The reference of docs/CONFIGURATION.md: made of the table.
#pragma once

#include <string>

namespace cli::file {

std::string reference();

}  // namespace cli::file
