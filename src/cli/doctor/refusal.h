// What an MCP endpoint tells those who have no token, and whether it lets them in.
#pragma once

#include <string_view>
#include <vector>

#include "cli/doctor/documents.h"
#include "cli/doctor/probes.h"
#include "cli/doctor/report.h"
#include "cli/doctor/resource_metadata.h"
#include "mcp/resource_uri.h"

namespace cli::doctor {

// `tried`: what try_without_token() got; its first request has been answered. Sends worthless tokens. Returns what the
// challenge asked for.
Asked examine_refusal(Report& report, const Ask& ask, const mcp::ResourceUri& endpoint,
                      const std::vector<Answered>& tried);

// The methods of those for which it holds.
std::vector<std::string_view> methods(const std::vector<Answered>& tried, bool (Answered::*hold)() const noexcept);

}  // namespace cli::doctor
