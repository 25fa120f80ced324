// What the benchmarks of the core measure with: a token of about 900 characters, as authorization servers make them.
#pragma once

#include <string>

#include "oauth/jwt/verifier.h"
#include "support/token_minter.h"

namespace bench {

inline constexpr oauth::NumericDate now = 1'800'000'000;

inline std::string payload() {
    std::string text =
        R"({"iss":"https://auth.example.com","aud":"https://mcp.example.com/mcp","sub":"7f3d2c1a-5b6e-4f80-9a1b",)"
        R"("client_id":"mcp-client","scope":"openid profile mcp:read mcp:write","iat":1799999000,"nbf":1799999000,)"
        R"("exp":1800086400,"jti":"3c9f0a52-6c1e-4a51-8d8a-0f8f2f0f3a10","groups":["staff")";
    for (int i = 0; i < 12; ++i)
        text += R"(,"group-)" + std::to_string(i) + "\"";
    return text + "]}";
}

// One key, a token that it signed, and the rules of a resource that takes the token.
struct Signed {
    explicit Signed(oauth::jwt::Algorithm algorithm)
        : minter(algorithm, "bench"),
          token(minter.mint(payload())),
          keys(*oauth::jwt::JwkSet::parse_jwks(R"({"keys":[)" + minter.jwk() + "]}")) {
        rules.claims.accepted_issuers = {"https://auth.example.com"};
        rules.claims.accepted_audiences = {"https://mcp.example.com/mcp"};
        rules.claims.bearer_only = true;
    }

    support::TokenMinter minter;
    std::string token;
    oauth::jwt::JwkSet keys;
    oauth::jwt::VerificationRules rules;
};

}  // namespace bench
