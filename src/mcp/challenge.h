// What a refused client is told: the WWW-Authenticate header (RFC 6750 section 3, RFC 9728 section 5.1) and a small
// body.
#pragma once

#include <string>
#include <string_view>

#include "mcp/authorize.h"
#include "mcp/reason.h"
#include "mcp/resource.h"

namespace mcp {

// The value of WWW-Authenticate, or empty when the status carries none. `decision_id` ties error_description to the log
// line of the same decision.
std::string challenge(const Resource& resource, const Decision& decision, std::string_view decision_id);

// A JSON body: a JSON-RPC error where the reason has a code (`message_id` is JSON text), else {"error":...}.
std::string refusal_body(const Resource& resource, const Decision& decision, std::string_view message_id);

}  // namespace mcp
