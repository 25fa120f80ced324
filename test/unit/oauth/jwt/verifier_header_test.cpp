// The JOSE header: algorithm, critical extensions, key id, type. SPEC 70, 76, 77, 78
#include <gtest/gtest.h>

#include <string>

#include "base/base64url.h"
#include "support/token_minter.h"
#include "support/verification.h"

namespace oauth::jwt {
namespace {

using base::base64url::encode;
using support::fresh_claims;
using support::TokenMinter;

class JoseHeader : public testing::Test {
protected:
    // The result for a token that is correctly signed and has this header.
    std::string_view verify(std::string_view header, const VerificationRules& rules = {}) const {
        return support::verify(minter.mint(header, fresh_claims), set, rules);
    }
    std::string_view verify_with(std::string_view more, const VerificationRules& rules = {}) const {
        return verify(R"({"alg":"ES256",)" + std::string(more) + "}", rules);
    }

    TokenMinter minter{Algorithm::ES256, "key-1"};
    JwkSet set = support::read_jwks({minter.jwk()});
};

// SPEC 70
TEST_F(JoseHeader, WithAlgNoneIsRefusedWithAndWithoutSignature) {
    for (std::string_view alg : {"none", "None", "NONE", "nOnE"}) {
        const std::string header = R"({"alg":")" + std::string(alg) + "\"}";
        EXPECT_EQ(verify(header), "algorithm_unsupported") << alg;
        const std::string input = encode(header) + "." + encode(fresh_claims);
        EXPECT_EQ(support::verify(input + ".", set), "token_not_compact_jws") << alg;
        EXPECT_EQ(support::verify(input, set), "token_not_compact_jws") << alg;
        VerificationRules blind;
        blind.accept_any_signature = true;
        EXPECT_EQ(verify(header, blind), "algorithm_unsupported") << alg;
        EXPECT_EQ(support::verify(input + ".", set, blind), "token_not_compact_jws") << alg;
    }
}

TEST_F(JoseHeader, WithoutAStringAlgIsInvalid) {
    for (std::string_view header : {"{}", R"({"kid":"key-1"})", R"({"ALG":"ES256"})", R"({"alg":null})", R"({"alg":1})",
                                    R"({"alg":["ES256"]})", R"({"alg":{"ES256":1}})", R"({"alg":true})"})
        EXPECT_EQ(verify(header), "header_invalid") << header;
}

TEST_F(JoseHeader, WithAnUnknownAlgIsRefused) {
    for (std::string_view alg : {"", "es256", "ES256 ", "ES256K", "RS1", "HS1", "dir", "RSA-OAEP", "ES256\\u0000"})
        EXPECT_EQ(verify(R"({"alg":")" + std::string(alg) + "\"}"), "algorithm_unsupported") << alg;
}

TEST_F(JoseHeader, WithAnAlgThatTheRulesDoNotListIsRefused) {
    VerificationRules rules;
    rules.allowed_algorithms = {Algorithm::RS256, Algorithm::PS256};
    EXPECT_EQ(verify_with(R"("kid":"key-1")", rules), "algorithm_not_allowed");
    rules.allowed_algorithms = {};
    EXPECT_EQ(verify_with(R"("kid":"key-1")", rules), "algorithm_not_allowed");
    rules.allowed_algorithms = {Algorithm::ES256};
    EXPECT_EQ(verify_with(R"("kid":"key-1")", rules), "ok");
}

// RFC 7515 section 4.1.11; SPEC 78
TEST_F(JoseHeader, WithCritIsRefusedWhateverItSays) {
    for (std::string_view crit :
         {R"(["exp"])", R"(["b64"])", R"(["http://example.com/x"])", "[]", "null", "1", R"("exp")", "{}"})
        EXPECT_EQ(verify_with(R"("crit":)" + std::string(crit)), "critical_header_unsupported") << crit;
}

// RFC 7797 section 6
TEST_F(JoseHeader, WithB64IsRefusedWhateverItSays) {
    for (std::string_view b64 : {"false", "true", "null", "0"})
        EXPECT_EQ(verify_with(R"("b64":)" + std::string(b64)), "critical_header_unsupported") << b64;
    EXPECT_EQ(verify_with(R"("b64":false,"crit":["b64"])"), "critical_header_unsupported");
}

// RFC 7797: the payload as it is, not encoded.
TEST_F(JoseHeader, WithAnUnencodedPayloadIsRefused) {
    const std::string input = encode(R"({"alg":"ES256","b64":false,"crit":["b64"]})") + R"(.{"sub":"alice"})";
    EXPECT_EQ(support::verify(input + "." + encode(minter.sign(input)), set), "critical_header_unsupported");
}

TEST_F(JoseHeader, WithAKidOrTypThatIsNotAStringIsInvalid) {
    for (std::string_view value : {"1", "1e400", "[]", R"(["key-1"])", "{}", "true"}) {
        EXPECT_EQ(verify_with(R"("kid":)" + std::string(value)), "header_invalid") << value;
        EXPECT_EQ(verify_with(R"("typ":)" + std::string(value)), "header_invalid") << value;
    }
}

TEST_F(JoseHeader, WithAKidOrTypThatIsNullHasNone) {
    EXPECT_EQ(verify_with(R"("kid":null,"typ":null)"), "ok");
    VerificationRules rules;
    rules.require_matching_kid = true;
    EXPECT_EQ(verify_with(R"("kid":null)", rules), "kid_missing");
    rules = {};
    rules.type = TypeRule::access_token_only;
    EXPECT_EQ(verify_with(R"("typ":null)", rules), "type_not_accepted");
}

TEST_F(JoseHeader, MayHaveANumberBeyondSixtyFourBitsWhereNobodyLooks) {
    EXPECT_EQ(verify_with(R"("x":18446744073709551616,"y":[1e400])"), "ok");
}

TEST_F(JoseHeader, WithoutKidIsRefusedWhenTheRulesAskForOne) {
    VerificationRules rules;
    rules.require_matching_kid = true;
    EXPECT_EQ(verify(R"({"alg":"ES256"})", rules), "kid_missing");
    EXPECT_EQ(verify_with(R"("kid":"")", rules), "kid_missing");
    EXPECT_EQ(verify_with(R"("kid":"key-1")", rules), "ok");
    EXPECT_EQ(verify(R"({"alg":"ES256"})"), "ok");
}

// SPEC 77: an ID token of some issuers has no typ of its own, but these kinds do.
TEST_F(JoseHeader, OfAnotherKindOfJwtIsRefused) {
    for (std::string_view type : {"dpop+jwt", "logout+jwt", "secevent+jwt", "application/oauth-id-jag+jwt"})
        EXPECT_EQ(verify_with(R"("typ":")" + std::string(type) + "\""), "type_not_accepted") << type;
}

// SPEC 79
TEST_F(JoseHeader, OfNoAccessTokenIsRefusedInStrictMode) {
    VerificationRules strict;
    strict.type = TypeRule::access_token_only;
    EXPECT_EQ(verify(R"({"alg":"ES256"})", strict), "type_not_accepted");
    EXPECT_EQ(verify_with(R"("typ":"JWT")", strict), "type_not_accepted");
    EXPECT_EQ(verify_with(R"("typ":"at+jwt")", strict), "ok");
    EXPECT_EQ(verify_with(R"("typ":"application/AT+JWT")", strict), "ok");
    EXPECT_EQ(verify_with(R"("typ":"JWT")"), "ok");
}

// SPEC 76: a token does not bring its own key.
TEST_F(JoseHeader, WithAKeyOfItsOwnDoesNotVerifyWithIt) {
    const TokenMinter stranger(Algorithm::ES256, "key-1");
    const std::string header = R"({"alg":"ES256","kid":"key-1","jwk":)" + stranger.jwk() +
                               R"(,"jku":"http://127.0.0.1:1/jwks.json","x5u":"http://127.0.0.1:1/","x5c":["MIIB"]})";
    EXPECT_EQ(support::verify(stranger.mint(header, fresh_claims), set), "signature_invalid");
    EXPECT_EQ(verify(header), "ok");
}

TEST_F(JoseHeader, WithMembersThatWeDoNotKnowVerifies) {
    EXPECT_EQ(verify_with(R"("kid":"key-1","nonce":"x","cty":"JWT","x5t":"abc","n":{"a":[1,2]})"), "ok");
}

// accept_any_signature skips the signature and nothing else.
TEST_F(JoseHeader, IsCheckedEvenWhenAnySignatureIsAccepted) {
    VerificationRules blind;
    blind.accept_any_signature = true;
    const std::string input = encode(minter.header()) + "." + encode(fresh_claims);
    EXPECT_EQ(support::verify(input + ".c2ln", set, blind), "ok");
    EXPECT_EQ(support::verify(input + ".", set, blind), "token_not_compact_jws");
    EXPECT_EQ(support::verify(input + ".c2l=", set, blind), "token_not_base64url");
    EXPECT_EQ(support::verify(input + ".c2ln", set, blind, support::now + 60), "expired");
    EXPECT_EQ(verify_with(R"("crit":["x"])", blind), "critical_header_unsupported");
    EXPECT_EQ(verify_with(R"("typ":"dpop+jwt")", blind), "type_not_accepted");
    EXPECT_EQ(support::verify(minter.mint("[]"), set, blind), "payload_not_json_object");
    EXPECT_EQ(support::outcome(Verifier::verify(input + ".c2ln", {}, blind, support::now)), "ok");
    blind.allowed_algorithms = {Algorithm::RS256};
    EXPECT_EQ(support::verify(input + ".c2ln", set, blind), "algorithm_not_allowed");
}

}  // namespace
}  // namespace oauth::jwt
