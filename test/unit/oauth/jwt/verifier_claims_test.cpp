// The clock and the claims, through the verifier. SPEC 75, 78, 80
#include <gtest/gtest.h>

#include <string>

#include "support/token_minter.h"
#include "support/verification.h"

namespace oauth::jwt {
namespace {

using support::now;
using support::TokenMinter;

class TokenClaims : public testing::Test {
protected:
    std::string_view verify(std::string_view claims, const VerificationRules& rules = {}) const {
        return support::verify(minter.mint(claims), set, rules);
    }
    std::string_view verify_times(std::string_view name, NumericDate value, std::chrono::seconds leeway) const {
        VerificationRules rules;
        rules.claims.leeway = leeway;
        rules.claims.allow_missing_expiration = true;
        return verify("{\"" + std::string(name) + "\":" + std::to_string(value) + "}", rules);
    }

    TokenMinter minter{Algorithm::HS256};
    JwkSet set = support::read_jwks({minter.jwk()});
};

TEST_F(TokenClaims, ExpEqualToNowIsExpired) {
    EXPECT_EQ(verify_times("exp", now - 1, std::chrono::seconds(0)), "expired");
    EXPECT_EQ(verify_times("exp", now, std::chrono::seconds(0)), "expired");
    EXPECT_EQ(verify_times("exp", now + 1, std::chrono::seconds(0)), "ok");
}

TEST_F(TokenClaims, LeewayMovesTheEndOfATokenByThatManySeconds) {
    EXPECT_EQ(verify_times("exp", now - 61, std::chrono::seconds(60)), "expired");
    EXPECT_EQ(verify_times("exp", now - 60, std::chrono::seconds(60)), "expired");
    EXPECT_EQ(verify_times("exp", now - 59, std::chrono::seconds(60)), "ok");
}

TEST_F(TokenClaims, NbfAfterNowIsNotYetValid) {
    EXPECT_EQ(verify_times("nbf", now + 1, std::chrono::seconds(0)), "not_yet_valid");
    EXPECT_EQ(verify_times("nbf", now, std::chrono::seconds(0)), "ok");
    EXPECT_EQ(verify_times("nbf", now + 61, std::chrono::seconds(60)), "not_yet_valid");
    EXPECT_EQ(verify_times("nbf", now + 60, std::chrono::seconds(60)), "ok");
}

TEST_F(TokenClaims, WithoutExpAreRefusedUnlessTheRulesAllowIt) {
    VerificationRules rules;
    EXPECT_EQ(verify(R"({"sub":"alice"})", rules), "expiration_missing");
    EXPECT_EQ(verify("{}", rules), "expiration_missing");
    rules.claims.allow_missing_expiration = true;
    EXPECT_EQ(verify(R"({"sub":"alice"})", rules), "ok");
}

TEST_F(TokenClaims, WithAnExpThatIsNoNumberAreRefused) {
    for (std::string_view exp : {"null", R"("1700000060")", "[]", "{}", "true", "-1", "1e400", "99999999999999999999"})
        EXPECT_NE(verify(R"({"exp":)" + std::string(exp) + "}"), "ok") << exp;
}

TEST_F(TokenClaims, OfAnotherIssuerAreRefused) {
    VerificationRules rules;
    rules.claims.accepted_issuers = {"https://as.example.com"};
    EXPECT_EQ(verify(R"({"exp":1700000060})", rules), "issuer_missing");
    EXPECT_EQ(verify(R"({"exp":1700000060,"iss":"https://as.example.com/"})", rules), "issuer_not_accepted");
    EXPECT_EQ(verify(R"({"exp":1700000060,"iss":"https://as.example.com"})", rules), "ok");
}

TEST_F(TokenClaims, ForAnotherAudienceAreRefused) {
    VerificationRules rules;
    rules.claims.accepted_audiences = {"https://mcp.example.com/mcp"};
    EXPECT_EQ(verify(R"({"exp":1700000060})", rules), "audience_missing");
    EXPECT_EQ(verify(R"({"exp":1700000060,"aud":[]})", rules), "audience_not_accepted");
    EXPECT_EQ(verify(R"({"exp":1700000060,"aud":"https://mcp.example.com/mcp/"})", rules), "audience_not_accepted");
    EXPECT_EQ(verify(R"({"exp":1700000060,"aud":["account","https://mcp.example.com/mcp"]})", rules), "ok");
}

}  // namespace
}  // namespace oauth::jwt
