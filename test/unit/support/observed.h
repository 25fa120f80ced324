// A request as it is observed: a call of a tool that was let in.
#pragma once

#include <chrono>

#include "mcp/observation.h"

namespace support {

inline mcp::Observation passed_call() {
    mcp::Observation observation;
    observation.begin = std::chrono::milliseconds(1'764'394'591'007);
    observation.judgement = mcp::Judgement::pass;
    observation.resource = "https://mcp.example.com/mcp";
    observation.issuer = "https://as.example.com";
    observation.subject = "alice";
    observation.client = "desktop";
    observation.scopes = "mcp:read mcp:write";
    observation.address = "192.0.2.1";
    observation.http_method = "POST";
    observation.revision = "2025-11-25";
    observation.session = "s-1";
    observation.status = 200;
    observation.operations_known = true;
    observation.operations = {{.method = "tools/call", .name = "echo", .id = "7", .outcome = {}}};
    return observation;
}

}  // namespace support
