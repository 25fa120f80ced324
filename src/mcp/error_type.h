// In what way an operation failed, in a word of which there are few (OpenTelemetry's attribute error.type).
#pragma once

#include <string>

#include "mcp/observation.h"

namespace mcp {

// nginx' own status of a request whose client went before there was an answer.
inline constexpr int client_closed_request = 499;

// The HTTP status of an answer that is an error: what it would have been, had it not been too late to say it. 499: the
// client went; 502: the backend broke off. 0: no error.
int http_error(const Observation& observation) noexcept;

// By the conventions for MCP: the code of a JSON-RPC error ("_OTHER": it has none), or "tool_error". Before them the
// reason of a refusal; after them http_error(). Empty: it did not fail, as far as is known. Throws std::bad_alloc.
std::string error_type(const Observation& observation, const Outcome& outcome);

}  // namespace mcp
