// What mcp_status shows of requests.
#pragma once

#include "mcp/observation.h"
#include "modules/mcp_resource/config.h"

namespace mcp_resource {

// In the log phase. Nothing where no location has mcp_status.
void remember(const MainConf& main, const mcp::Observation& observation);

}  // namespace mcp_resource
