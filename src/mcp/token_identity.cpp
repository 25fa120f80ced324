#include "mcp/token_identity.h"

#include <utility>

#include "oauth/claims_rules.h"
#include "oauth/shown_claims.h"

namespace mcp {
namespace {

// Nothing is not somebody.
std::optional<std::string> one_name(const std::optional<oauth::json::Value>& value) {
    if (!value || !oauth::has_form(*value, oauth::ClaimForm::string_or_number)) return std::nullopt;
    const auto text = value->string();
    if (!text) return value->to_json();
    return text->empty() ? std::nullopt : std::optional(std::string(*text));
}

std::optional<Subject> named_by(const oauth::VerifiedToken& token, SubjectClaim claim) {
    auto text = one_name(token.claims().member(claim == SubjectClaim::sub ? "sub" : "username"));
    if (!text) return std::nullopt;
    return Subject{.claim = claim, .text = *std::move(text)};
}

}  // namespace

std::optional<Subject> subject_of(const oauth::VerifiedToken& token) {
    if (auto subject = named_by(token, SubjectClaim::sub)) return subject;
    const bool is_introspected = !token.header();
    return is_introspected ? named_by(token, SubjectClaim::username) : std::nullopt;
}

std::optional<std::string> issuer_of(const oauth::VerifiedToken& token) {
    return one_name(token.claims().member("iss"));
}

std::optional<std::string> client_of(const oauth::VerifiedToken& token) {
    return one_name(oauth::client_claim(token.claims()));
}

}  // namespace mcp
