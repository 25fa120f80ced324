// What must be there beside settings that are right in themselves.
#pragma once

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// Files that cannot be read, backends whose name nobody knows, and a port that is not for this user.
void find_missing(const Gateway& gateway, Findings& findings);

}  // namespace cli
