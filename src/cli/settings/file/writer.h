// A settings file that says what a model has: what the environment says today, as the file to go on with.
#pragma once

#include <string>

#include "cli/settings/gateway.h"

namespace cli {

// Reading it again makes the same model, whatever its values are.
std::string write_yaml(const Gateway& gateway);

}  // namespace cli
