// Certificates that a command is given.
#pragma once

#include <string>
#include <string_view>

namespace cli {

// Throws the Failure that ends the command unless the file has certificates in PEM form. `whose`: what has named it.
void check_ca_file(const std::string& name, std::string_view whose);

}  // namespace cli
