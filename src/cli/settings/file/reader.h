// A settings file, read: what it says, or a line for every mistake.
#pragma once

#include <string>
#include <string_view>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// Reads the file, and looks whether "include.d" stands beside it; at no other file, and at no network. Nothing may be
// done with what comes back while there is an error. Waits for no writer of a pipe.
Gateway read_file(const std::string& path, Findings& findings);

// The same of a text. `path`: how messages call it, and what relative paths begin at the folder of.
Gateway read_text(std::string_view text, const std::string& path, Findings& findings);

}  // namespace cli
