// What a refused client is told: the WWW-Authenticate header (RFC 6750 section 3, RFC 9728 section 5.1) and a small
// body.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "mcp/authorize.h"
#include "mcp/reason.h"
#include "mcp/resource.h"

namespace mcp {

// The value of WWW-Authenticate, or empty when the status carries none. `decision_id` ties error_description to the log
// line of the same decision.
std::string challenge(const Resource& resource, const Decision& decision, std::string_view decision_id);

// The body. A POST carries a JSON-RPC message, and so does the answer, whatever its status: several clients show their
// users nothing else. The id is that of `message`, where it was read and is a request. GET and DELETE have a small
// {"error":...}. `retry_after`: as in the header; 0: there is none.
std::string refusal_body(const Resource& resource, const Decision& decision, const Request& request,
                         const Message* message, std::string_view decision_id, std::chrono::seconds retry_after = {});

}  // namespace mcp
