// What the access tokens of one resource must say, by what its operator has set: for nginx, and for the command that
// tells why a token is refused.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "mcp/resource_uri.h"
#include "oauth/claims_rules.h"

namespace mcp {

// `aliases`: names of the resource besides its URI. `issuers`: empty when any is accepted.
oauth::ClaimsRules claims_rules(const ResourceUri& uri, const std::vector<std::string>& aliases,
                                std::vector<std::string> issuers, std::chrono::seconds leeway);

// The same for answers of an introspection endpoint, which need not say when the token ends, nor who has issued it
// (RFC 7662 section 2.2): one server gives them all.
oauth::ClaimsRules introspection_rules(oauth::ClaimsRules rules);

}  // namespace mcp
