// Whom a request is counted and recorded as.
#pragma once

#include <optional>
#include <string>

#include "modules/mcp_resource/config.h"
#include "oauth/verified_token.h"

namespace mcp_resource {

// As the token says; where it says nothing, the one that the configuration has for whoever vouched for it. Throws
// std::bad_alloc.
std::string issuer_of(const oauth::VerifiedToken& token, const Endpoint& endpoint);

// The text of mcp::subject_of(). Throws std::bad_alloc.
std::optional<std::string> subject_of(const oauth::VerifiedToken& token);

}  // namespace mcp_resource
