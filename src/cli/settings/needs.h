// What must be there beside settings that are right in themselves.
#pragma once

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// Files that cannot be read, and backends whose name nobody knows.
void find_missing(const Gateway& gateway, Findings& findings);

}  // namespace cli
