// Who a verified token says somebody is: the same for variables, records, metrics and traces.
#pragma once

#include <optional>
#include <string>

#include "oauth/verified_token.h"

namespace mcp_resource {

// Of a claim that says who somebody is. Nobody is several: ["a"] as text would be the same as "a" (RFC 7519 section
// 4.1.2). It may hold control characters: whoever shows it escapes them, or shows nothing.
std::optional<std::string> subject_of(const oauth::VerifiedToken& token);
std::optional<std::string> issuer_of(const oauth::VerifiedToken& token);
std::optional<std::string> client_of(const oauth::VerifiedToken& token);

}  // namespace mcp_resource
