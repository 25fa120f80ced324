#include "mcp/token_rules.h"

#include <utility>

namespace mcp {

oauth::ClaimsRules claims_rules(const ResourceUri& uri, const std::vector<std::string>& aliases,
                                std::vector<std::string> issuers, std::chrono::seconds leeway) {
    oauth::ClaimsRules rules;
    rules.accepted_issuers = std::move(issuers);
    rules.accepted_audiences = aliases;
    rules.accepted_audiences.insert(rules.accepted_audiences.begin(), uri.text());
    // "https://host" and "https://host/" are the same resource (RFC 3986 section 6.2.3), and URL classes write the
    // slash.
    if (uri.path().empty() && uri.query().empty()) rules.accepted_audiences.push_back(uri.text() + "/");
    rules.leeway = leeway;
    rules.bearer_only = true;
    return rules;
}

oauth::ClaimsRules introspection_rules(oauth::ClaimsRules rules) {
    rules.allow_missing_issuer = true;
    rules.allow_missing_expiration = true;
    return rules;
}

}  // namespace mcp
