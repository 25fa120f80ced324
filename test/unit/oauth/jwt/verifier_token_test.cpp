// The form of a token: what is not exactly one JWS in compact serialization is refused. SPEC 70, 72, 78, 83
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
using support::verify;

class EveryToken : public testing::TestWithParam<Algorithm> {
protected:
    TokenMinter minter{GetParam(), "key-1"};
    JwkSet set = support::read_jwks({minter.jwk()});
    std::string token = minter.mint(fresh_claims);
};

TEST_P(EveryToken, CutAtAnyLengthIsRefused) {
    for (std::size_t size = 0; size < token.size(); ++size)
        ASSERT_NE(verify(token.substr(0, size), set), "ok") << size;
}

TEST_P(EveryToken, WithoutItsFirstCharactersIsRefused) {
    for (std::size_t size = 1; size <= token.size(); ++size)
        ASSERT_NE(verify(token.substr(size), set), "ok") << size;
}

TEST_P(EveryToken, WithAnyCharacterChangedIsRefused) {
    for (std::size_t i = 0; i < token.size(); ++i) {
        for (char c : {'A', 'B', 'z', '_', '.', '=', '+', '/', ' ', '\n', '\0', '\x80'}) {
            std::string changed = token;
            changed[i] = c;
            if (changed == token) continue;
            ASSERT_NE(verify(changed, set), "ok") << "at " << i << ": " << c;
        }
    }
}

TEST_P(EveryToken, WithAnyCharacterAddedIsRefused) {
    for (std::size_t i = 0; i <= token.size(); ++i)
        for (char c : {'A', '.', '=', '\r', '\n', ' ', '\t', '\0', '\xC3'})
            ASSERT_NE(verify(std::string(token).insert(i, 1, c), set), "ok") << "at " << i << ": " << c;
}

TEST_P(EveryToken, WithAnyCharacterTakenOutIsRefused) {
    for (std::size_t i = 0; i < token.size(); ++i)
        ASSERT_NE(verify(std::string(token).erase(i, 1), set), "ok") << i;
}

TEST_P(EveryToken, WithItsPartsInAnotherOrderIsRefused) {
    const std::size_t first = token.find('.');
    const std::size_t second = token.rfind('.');
    const std::string header = token.substr(0, first);
    const std::string payload = token.substr(first + 1, second - first - 1);
    const std::string signature = token.substr(second + 1);
    EXPECT_NE(verify(payload + "." + header + "." + signature, set), "ok");
    EXPECT_NE(verify(signature + "." + payload + "." + header, set), "ok");
    EXPECT_NE(verify(header + "." + header + "." + signature, set), "ok");
}

TEST_P(EveryToken, AsMintedVerifies) {
    EXPECT_EQ(verify(token, set), "ok");
}

INSTANTIATE_TEST_SUITE_P(Verifier, EveryToken,
                         testing::Values(Algorithm::HS256, Algorithm::RS256, Algorithm::PS256, Algorithm::ES256,
                                         Algorithm::EdDSA, Algorithm::Ed448),
                         [](const auto& test) { return std::string(name(test.param)); });

class TokenForm : public testing::Test {
protected:
    // Signed over exactly these encoded parts.
    std::string signed_parts(const std::string& first, const std::string& second) const {
        const std::string input = first + "." + second;
        return input + "." + encode(minter.sign(input));
    }

    TokenMinter minter{Algorithm::HS256};
    JwkSet set = support::read_jwks({minter.jwk()});
    std::string header = encode(minter.header());
    std::string payload = encode(fresh_claims);
};

// RFC 7515 section 7.1 and RFC 7516 section 9
TEST_F(TokenForm, NotOfThreePartsIsRefused) {
    const std::string token = minter.mint(fresh_claims);
    EXPECT_EQ(verify("", set), "token_not_compact_jws");
    EXPECT_EQ(verify("opaque", set), "token_not_compact_jws");
    EXPECT_EQ(verify(".", set), "token_not_compact_jws");
    EXPECT_EQ(verify("..", set), "token_not_compact_jws");
    EXPECT_EQ(verify("a.b", set), "token_not_compact_jws");
    EXPECT_EQ(verify("." + token, set), "token_not_compact_jws");
    EXPECT_EQ(verify(token + ".", set), "token_not_compact_jws");
    EXPECT_EQ(verify(token + ".x.y.z", set), "token_not_compact_jws");
    EXPECT_EQ(verify("a.b.c.d.e", set), "token_encrypted");
    EXPECT_EQ(verify("a..c..e", set), "token_encrypted");
}

TEST_F(TokenForm, WithAnEmptyPartIsRefused) {
    EXPECT_EQ(verify("." + payload + ".c2ln", set), "token_not_compact_jws");
    EXPECT_EQ(verify(header + "..c2ln", set), "token_not_compact_jws");
    EXPECT_EQ(verify(header + "." + payload + ".", set), "token_not_compact_jws");
    EXPECT_EQ(verify(signed_parts(header, ""), set), "token_not_compact_jws");
}

TEST_F(TokenForm, LargerThanTheLimitIsRefusedBeforeAnythingElse) {
    EXPECT_EQ(verify(std::string(16 * 1024 + 1, '.'), set), "token_too_large");
    EXPECT_EQ(verify(std::string(16 * 1024, '.'), set), "token_not_compact_jws");
    const std::string token = minter.mint(fresh_claims);
    VerificationRules rules;
    rules.max_token_bytes = token.size();
    EXPECT_EQ(verify(token, set, rules), "ok");
    rules.max_token_bytes = token.size() - 1;
    EXPECT_EQ(verify(token, set, rules), "token_too_large");
}

TEST_F(TokenForm, UpToTheLimitVerifies) {
    const std::string claims = R"({"exp":1700000060,"filler":")" + std::string(200'000, 'x') + R"("})";
    const std::string token = minter.mint(claims);
    VerificationRules rules;
    rules.max_token_bytes = token.size();
    EXPECT_EQ(verify(token, set, rules), "ok");
}

// RFC 7515 appendix C: one value has one spelling.
TEST_F(TokenForm, WithPartsThatAreNotStrictBase64urlIsRefusedEvenWhenSigned) {
    for (const std::string& junk :
         {payload + "=", payload + "==", payload + "\n", " " + payload, payload + std::string(1, '\0'),
          std::string("e30+"), std::string("e30/"), std::string("e30=")})
        EXPECT_EQ(verify(signed_parts(header, junk), set), "token_not_base64url") << junk;
    EXPECT_EQ(verify(signed_parts(header + "=", payload), set), "token_not_base64url");
    EXPECT_EQ(verify(signed_parts("\n" + header, payload), set), "token_not_base64url");
}

TEST_F(TokenForm, WithBitsLeftOverInAPartIsRefusedEvenWhenSigned) {
    // "e30" is "{}": the last character carries two bits that must be zero.
    EXPECT_EQ(verify(signed_parts(header, "e31"), set), "token_not_base64url");
    EXPECT_EQ(verify(signed_parts("e31", payload), set), "token_not_base64url");
}

TEST_F(TokenForm, WithASignatureThatIsNotBase64urlIsRefused) {
    EXPECT_EQ(verify(header + "." + payload + ".====", set), "token_not_base64url");
    EXPECT_EQ(verify(header + "." + payload + ".A", set), "token_not_base64url");
    EXPECT_EQ(verify(header + "." + payload + ".AB", set), "token_not_base64url");
}

TEST_F(TokenForm, WithASignatureLongerThanAnyKeyMakesIsMalformed) {
    EXPECT_EQ(verify(header + "." + payload + "." + std::string(8000, 'A'), set), "signature_malformed");
    EXPECT_EQ(verify(header + "." + payload + "." + std::string(2732, 'A'), set), "signature_malformed");
    EXPECT_EQ(verify(header + "." + payload + "." + std::string(2731, 'A'), set), "signature_malformed");
}

TEST_F(TokenForm, WithAHeaderThatIsNotAJsonObjectIsRefused) {
    for (std::string_view text :
         {"null", "[]", "\"alg\"", "1", "{", "{}{}", "{\"alg\":\"HS256\"},", "\xEF\xBB\xBF{}", "{'alg':'HS256'}"})
        EXPECT_EQ(verify(minter.mint(text, fresh_claims), set), "header_not_json_object") << text;
}

TEST_F(TokenForm, WithAPayloadThatIsNotAJsonObjectIsRefused) {
    for (std::string_view text : {"null", "[]", "\"exp\"", "1", "{", R"({"exp":1700000060}})", R"({"exp":1e400)"})
        EXPECT_EQ(verify(minter.mint(text), set), "payload_not_json_object") << text;
    EXPECT_EQ(verify(minter.mint(std::string_view("{}\0", 3)), set), "payload_not_json_object");
}

// SPEC 78: two parsers could otherwise read two different tokens.
TEST_F(TokenForm, WithAMemberTwiceIsRefused) {
    EXPECT_EQ(verify(minter.mint(R"({"alg":"HS256","alg":"HS256"})", fresh_claims), set), "token_duplicate_member");
    EXPECT_EQ(verify(minter.mint(R"({"alg":"HS256","kid":"a","k\u0069d":"b"})", fresh_claims), set),
              "token_duplicate_member");
    EXPECT_EQ(verify(minter.mint(R"({"exp":1,"exp":1700000060})"), set), "token_duplicate_member");
    EXPECT_EQ(verify(minter.mint(R"({"exp":1700000060,"deep":{"a":1,"a":2}})"), set), "token_duplicate_member");
    EXPECT_EQ(verify(minter.mint(R"({"exp":1700000060,"x":1e400,"deep":{"a":1,"a":2}})"), set),
              "token_duplicate_member");
}

TEST_F(TokenForm, WithTextThatIsNotUnicodeIsRefused) {
    EXPECT_EQ(verify(minter.mint("{\"alg\":\"HS256\",\"x\":\"\xFF\"}", fresh_claims), set), "token_not_utf8");
    EXPECT_EQ(verify(minter.mint("{\"exp\":1700000060,\"x\":\"\xFF\"}"), set), "token_not_utf8");
    EXPECT_EQ(verify(minter.mint(R"({"alg":"HS256","x":"\ud800"})", fresh_claims), set), "token_half_surrogate");
    EXPECT_EQ(verify(minter.mint(R"({"exp":1700000060,"x":"\ud800"})"), set), "token_half_surrogate");
}

TEST_F(TokenForm, MayHaveANumberBeyondSixtyFourBitsWhereNobodyLooks) {
    EXPECT_EQ(verify(minter.mint(R"({"exp":1700000060,"x":18446744073709551616,"y":{"z":[1e400]}})"), set), "ok");
    EXPECT_EQ(verify(minter.mint(R"({"exp":1e400})"), set), "time_claim_invalid");
    for (std::string_view name : {"nbf", "iat"})
        EXPECT_EQ(verify(minter.mint(R"({"exp":1700000060,")" + std::string(name) + R"(":1e400})"), set),
                  "time_claim_invalid")
            << name;
}

TEST_F(TokenForm, ThatIsADepthBombIsRefused) {
    const std::string open(5000, '[');
    EXPECT_EQ(verify(minter.mint(R"({"exp":1700000060,"x":)" + open + std::string(5000, ']') + "}"), set),
              "token_too_deep");
    EXPECT_EQ(verify(minter.mint(R"({"alg":"HS256","x":)" + open, fresh_claims), set), "header_not_json_object");
}

// RFC 8725 section 3.1, and a habit: nothing unsigned is parsed.
TEST_F(TokenForm, WithABadSignatureIsRefusedBeforeItsPayloadIsRead) {
    const std::string bad = encode(std::string(32, 'x'));
    EXPECT_EQ(verify(header + "." + encode("not json") + "." + bad, set), "signature_invalid");
    EXPECT_EQ(verify(header + ".###." + bad, set), "signature_invalid");
    EXPECT_EQ(verify(header + "." + encode(R"({"exp":1})") + "." + bad, set), "signature_invalid");
}

TEST_F(TokenForm, WhenVerifiedGivesItsHeaderClaimsAndExpiration) {
    const std::array sets{static_cast<const JwkSet*>(&set)};
    const auto token = Verifier::verify(minter.mint(fresh_claims), sets, {}, support::now);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->claims().member("sub")->string(), "alice");
    EXPECT_EQ(token->expiration(), 1700000060);
    ASSERT_TRUE(token->header());
    EXPECT_EQ(token->header()->member("alg")->string(), "HS256");
    EXPECT_EQ(token->claims().size(), 2U);
}

// --- What no key could help ---

std::string_view hopeless(std::string_view token, const VerificationRules& rules = {}) {
    const auto error = Verifier::hopeless(token, rules, support::now);
    return error ? describe(*error).name : "depends on the keys";
}

TEST(HopelessToken, IsOneThatIsNone) {
    EXPECT_EQ(hopeless(""), "token_not_compact_jws");
    EXPECT_EQ(hopeless("garbage"), "token_not_compact_jws");
    EXPECT_EQ(hopeless("a.b.c.d.e"), "token_encrypted");
    EXPECT_EQ(hopeless("!.e30.AA"), "token_not_base64url");
    EXPECT_EQ(hopeless(encode("[]") + ".e30.AA"), "header_not_json_object");
    EXPECT_EQ(hopeless(encode(R"({"alg":"none"})") + ".e30.AA"), "algorithm_unsupported");
    EXPECT_EQ(hopeless(encode(R"({"alg":"ES256","crit":["x"]})") + ".e30.AA"), "critical_header_unsupported");
    EXPECT_EQ(hopeless(encode(R"({"alg":"ES256","typ":"dpop+jwt"})") + ".e30.AA"), "type_not_accepted");
    EXPECT_EQ(hopeless(encode(R"({"alg":"ES256"})") + ".e30.!"), "token_not_base64url");
    EXPECT_EQ(hopeless(encode(R"({"alg":"ES256"})") + "." + encode("[]") + ".AA"), "payload_not_json_object");
    VerificationRules rules;
    rules.allowed_algorithms = {Algorithm::RS256};
    EXPECT_EQ(hopeless(encode(R"({"alg":"ES256"})") + ".e30.AA", rules), "algorithm_not_allowed");
}

TEST(HopelessToken, IsOneThatSaysItselfThatItIsNotForUs) {
    const TokenMinter minter(Algorithm::ES256);
    VerificationRules rules;
    rules.claims.accepted_issuers = {"https://as.example.com"};
    rules.claims.accepted_audiences = {"https://mcp.example.com/mcp"};
    EXPECT_EQ(hopeless(minter.mint("{}"), rules), "expiration_missing");
    EXPECT_EQ(hopeless(minter.mint(R"({"exp":1})"), rules), "expired");
    EXPECT_EQ(hopeless(minter.mint(R"({"exp":1700000060,"nbf":1700000050})"), rules), "not_yet_valid");
    EXPECT_EQ(hopeless(minter.mint(R"({"exp":1700000060,"iss":"x"})"), rules), "issuer_not_accepted");
    EXPECT_EQ(hopeless(minter.mint(R"({"exp":1700000060,"iss":"https://as.example.com"})"), rules), "audience_missing");
}

TEST(HopelessToken, IsNotOneThatSomeKeyCouldVerify) {
    EXPECT_EQ(hopeless(TokenMinter(Algorithm::ES256).mint(fresh_claims)), "depends on the keys");
    EXPECT_EQ(hopeless(encode(R"({"alg":"ES256"})") + "." + encode(fresh_claims) + ".AA"), "depends on the keys");
}

}  // namespace
}  // namespace oauth::jwt
