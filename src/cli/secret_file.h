// A secret of one line in a file, as nginx' modules read it.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace cli {

// Without the line break at its end; "-" is standard input. `whose`: what has named the file ("--token-file"). Throws
// the Failure that ends the command.
base::Secret read_secret(const std::string& name, std::string_view whose);

}  // namespace cli
