#include "modules/mcp_resource/identity.h"

#include <utility>

#include "mcp/token_identity.h"

namespace mcp_resource {

std::string issuer_of(const oauth::VerifiedToken& token, const Endpoint& endpoint) {
    if (auto issuer = mcp::issuer_of(token)) return *std::move(issuer);
    // A JWT chooses among several by its "iss": without it, there is one.
    if (token.header() && endpoint.issuers.size() == 1) return issuer_name(endpoint.issuers.front(), endpoint);
    const auto* rules = endpoint.introspection ? &endpoint.introspection->rules : nullptr;
    if (rules != nullptr && !rules->accepted_issuers.empty()) return rules->accepted_issuers.front();
    return endpoint.authorization_servers.front();
}

std::optional<std::string> subject_of(const oauth::VerifiedToken& token) {
    auto subject = mcp::subject_of(token);
    if (!subject) return std::nullopt;
    return std::move(subject->text);
}

}  // namespace mcp_resource
