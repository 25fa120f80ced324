// Looks at an MCP endpoint as a client does that wants to log in.
#pragma once

#include <optional>

#include "base/secret.h"
#include "cli/doctor/documents.h"
#include "cli/doctor/introspection.h"
#include "cli/doctor/report.h"
#include "mcp/resource_uri.h"

namespace cli::doctor {

struct Patient {
    mcp::ResourceUri endpoint;
    base::Secret token;  // one that should be good; empty: there is none
    std::optional<IntrospectionClient> introspection;
};

// Sends requests without a token, with worthless ones, and with the patient's; none of them changes anything at a
// server that asks for tokens. One that does not may begin a session.
Report examine(const Patient& patient, const Ask& ask);

}  // namespace cli::doctor
