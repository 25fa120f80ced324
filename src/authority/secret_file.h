// A file that holds a client's secret.
#pragma once

#include "base/secret.h"
#include "ngx/config.h"

namespace authority {

// The secret in the file that a directive names, without line ends behind it. Warns when everybody can read the file.
// Throws ConfigError for a file that cannot be read, and for an empty or a many-line secret.
base::Secret read_secret_file(const ngx::Arguments& arguments, std::string_view name);

}  // namespace authority
