// A file that holds a client's secret.
#pragma once

#include "ngx/config.h"
#include "oauth/base/secret.h"

namespace ngx {

// The secret in the file that a directive names, without line ends behind it. Warns when everybody can read the file.
// Throws ConfigError for a file that cannot be read, and for an empty or a many-line secret.
oauth::Secret read_secret_file(const Arguments& arguments, std::string_view name);

}  // namespace ngx
