// A JSON Schema (draft 2020-12) of settings files, for editors and for checks before a deployment: made of the table.
#pragma once

#include <string>

namespace cli::file {

std::string json_schema();

}  // namespace cli::file
