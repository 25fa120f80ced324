#include "modules/mcp_resource/record/identity.h"

#include "oauth/claims_rules.h"
#include "oauth/shown_claims.h"

namespace mcp_resource {
namespace {

std::optional<std::string> one_text(const std::optional<oauth::json::Value>& value) {
    if (!value || !oauth::has_form(*value, oauth::ClaimForm::string_or_number)) return std::nullopt;
    const auto text = value->string();
    return text ? std::string(*text) : value->to_json();
}

}  // namespace

std::optional<std::string> subject_of(const oauth::VerifiedToken& token) {
    return one_text(token.claims().member("sub"));
}

std::optional<std::string> issuer_of(const oauth::VerifiedToken& token) {
    return one_text(token.claims().member("iss"));
}

std::optional<std::string> client_of(const oauth::VerifiedToken& token) {
    return one_text(oauth::client_claim(token.claims()));
}

}  // namespace mcp_resource
