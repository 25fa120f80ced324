// Looks at an MCP endpoint as a client does that wants to log in.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "cli/doctor/report.h"
#include "cli/http.h"
#include "mcp/resource_uri.h"

namespace cli::doctor {

// How requests are sent: cli::ask, or a test's own.
using Ask = std::function<std::expected<HttpAnswer, std::string>(const HttpRequest&)>;

// Sends requests without a token and with worthless ones; none of them changes anything at a server that asks for
// tokens. One that does not may begin a session.
Report examine(const mcp::ResourceUri& endpoint, const Ask& ask);

}  // namespace cli::doctor
