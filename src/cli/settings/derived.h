// What nobody has said, and follows from what was: told when nginx starts.
#pragma once

#include <string>

#include "cli/settings/findings.h"
#include "cli/settings/gateway.h"

namespace cli {

// Where requests to this resource go.
std::string destination(const Resource& resource);

// A line for each resource, and one for where nginx listens; nothing when there is a mistake.
void tell_derived(const Gateway& gateway, Findings& findings);

}  // namespace cli
