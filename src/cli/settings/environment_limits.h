// MCP_RATELIMIT_*: one limit for each user, as these variables mean it elsewhere.
#pragma once

#include "cli/settings/gateway.h"
#include "cli/settings/values.h"

namespace cli {

void read_limits(const Values& values, Gateway& gateway, Resource& resource);

}  // namespace cli
