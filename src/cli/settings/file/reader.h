// The YAML file.
#pragma once

#include <string>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// Reads it, and reports every mistake at once: "mcp.yaml:7:5: resources[0].url: ...". Looks at no other file that it
// names, and at no network.
Gateway read_file(const std::string& path, Findings& findings);

}  // namespace cli
