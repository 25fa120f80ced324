#include "modules/mcp_resource/identity.h"

#include <utility>

#include "mcp/token_identity.h"

namespace mcp_resource {

std::string issuer_of(const oauth::VerifiedToken& token, const Endpoint& endpoint) {
    if (auto issuer = mcp::issuer_of(token)) return *std::move(issuer);
    // A JWT chooses among several by its "iss": without it, there is one.
    const oauth::ClaimsRules* rules = nullptr;
    if (token.header() && endpoint.issuers.size() == 1)
        rules = &endpoint.issuers.front().rules.claims;
    else if (endpoint.introspection)
        rules = &endpoint.introspection->rules;
    // None is accepted more than others with mcp_insecure_skip_issuer_check.
    const bool names_one = rules != nullptr && !rules->accepted_issuers.empty();
    return names_one ? rules->accepted_issuers.front() : endpoint.authorization_servers.front();
}

std::optional<std::string> subject_of(const oauth::VerifiedToken& token) {
    auto subject = mcp::subject_of(token);
    if (!subject) return std::nullopt;
    return std::move(subject->text);
}

}  // namespace mcp_resource
