#include "modules/mcp_resource/record/identity.h"

#include "oauth/claim_text.h"
#include "oauth/claims_rules.h"
#include "oauth/shown_claims.h"

namespace mcp_resource {
namespace {

std::optional<std::string> one_text(const std::optional<oauth::json::Value>& value) {
    const bool is_one = value && oauth::has_form(*value, oauth::ClaimForm::string_or_number);
    return is_one ? oauth::claim_text(*value) : std::nullopt;
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
