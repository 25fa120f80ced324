// Any bytes as a token, against the keys that RFCs publish (the seeds verify with them). A changed token fails at its
// signature, so every input is also read with signatures switched off: that is the way to the payload and the claims.
#include <openssl/err.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "../unit/support/rfc_vectors.h"
#include "oauth/jwt/verifier.h"

namespace {

using namespace oauth;

void require(bool condition) {
    if (!condition) std::abort();
}

const jwt::JwkSet& keys() {
    static const jwt::JwkSet set = jwt::JwkSet::parse_jwks(support::rfc_key_set()).value();
    return set;
}

std::expected<VerifiedToken, Error> verify(std::string_view token, const jwt::VerificationRules& rules) {
    const jwt::JwkSet* const sets[] = {&keys()};
    auto result = jwt::Verifier::verify(token, sets, rules, support::rfc_now);
    require(ERR_peek_error() == 0);
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view token(reinterpret_cast<const char*>(data), size);
    jwt::VerificationRules rules;
    rules.allow_symmetric_beside_public_keys = true;
    const auto verified = verify(token, rules);

    rules.accept_any_signature = true;
    const auto unsigned_token = verify(token, rules);
    require(!verified || unsigned_token);  // a signature can only take away
    if (unsigned_token) {
        require(unsigned_token->claims().kind() == json::Kind::object);
        require(json::Document::parse(unsigned_token->claims().to_json(), {.max_bytes = 16 * size}).has_value());
        require(unsigned_token->expiration().value() > support::rfc_now);
    }

    rules.type = jwt::TypeRule::access_token_only;
    rules.require_matching_kid = true;
    rules.claims.accepted_issuers = {"https://as.example.com"};
    rules.claims.accepted_audiences = {"https://mcp.example.com/mcp"};
    const auto strict = verify(token, rules);
    require(!strict || unsigned_token);
    if (strict) require(oauth::audience_contains(strict->claims(), "https://mcp.example.com/mcp"));
    return 0;
}
