// Which JWKs are used, which are left out and why. Negative tests first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/base64url.h"
#include "oauth/jwt/jwk_set.h"
#include "support/jwk_text.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

using base::base64url::encode;
using support::e65537;
using support::ec_jwk;
using support::jwks;
using support::odd_modulus;
using support::okp_jwk;
using support::rsa_jwk;
using support::TokenMinter;
using testing::ElementsAre;

// Why the only key of a set is left out; "usable" when it is not.
std::string reason(const std::string& jwk) {
    const auto set = JwkSet::parse_jwks(jwks({jwk}));
    if (set) return "usable";
    if (set.error().reason != Error::key_set_unusable || set.error().skipped.size() != 1)
        return "set: " + std::string(describe(set.error().reason).name);
    return std::string(describe(set.error().skipped[0].reason).name);
}

std::vector<std::string_view> algorithms_of(const std::string& jwk) {
    const JwkSet set = support::read_jwks({jwk});
    std::vector<std::string_view> names;
    for (unsigned i = 0; i <= static_cast<unsigned>(Algorithm::Ed448); ++i)
        if (set.keys()[0].fits(static_cast<Algorithm>(i))) names.push_back(name(static_cast<Algorithm>(i)));
    return names;
}

TEST(Jwk, ThatIsNotAnObjectIsLeftOut) {
    EXPECT_EQ(reason("null"), "key_not_object");
    EXPECT_EQ(reason("[]"), "key_not_object");
    EXPECT_EQ(reason("\"key\""), "key_not_object");
}

TEST(Jwk, OfAnUnknownTypeIsLeftOut) {
    EXPECT_EQ(reason("{}"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":1})"), "key_member_invalid");
    for (std::string_view type : {"", "rsa", "ec", "AKP", "RSA-PSS", "Oct"})
        EXPECT_EQ(reason(R"({"kty":")" + std::string(type) + "\"}"), "key_type_unsupported") << type;
}

TEST(Jwk, WhoseKidIsNotAStringIsLeftOut) {
    const TokenMinter minter(Algorithm::ES256);
    for (std::string_view kid : {"1", "[]", "{}", "true"})
        EXPECT_EQ(reason(minter.jwk(R"("kid":)" + std::string(kid))), "key_member_invalid") << kid;
}

TEST(Jwk, WhoseMembersAreNullDoesNotHaveThem) {
    EXPECT_EQ(reason(TokenMinter(Algorithm::ES256).jwk(R"("kid":null,"use":null,"alg":null,"key_ops":null)")),
              "usable");
    EXPECT_EQ(reason(R"({"kty":null})"), "key_member_invalid");
}

// RFC 7517 section 4.2
TEST(Jwk, WhoseUseIsNotSignatureIsLeftOut) {
    const TokenMinter minter(Algorithm::ES256);
    EXPECT_EQ(reason(minter.jwk(R"("use":"enc")")), "key_use_not_signature");
    EXPECT_EQ(reason(minter.jwk(R"("use":"SIG")")), "key_use_not_signature");
    EXPECT_EQ(reason(minter.jwk(R"("use":"")")), "key_use_not_signature");
    EXPECT_EQ(reason(minter.jwk(R"("use":["sig"])")), "key_member_invalid");
    EXPECT_EQ(reason(minter.jwk(R"("use":"sig")")), "usable");
}

// RFC 7517 section 4.3
TEST(Jwk, WhoseOperationsLackVerifyIsLeftOut) {
    const TokenMinter minter(Algorithm::HS256);
    for (std::string_view operations : {R"(["sign"])", R"([])", R"(["encrypt","decrypt"])", R"(["Verify"])",
                                        R"("verify")", R"(["verify",1])", "[null]"})
        EXPECT_EQ(reason(minter.jwk(R"("key_ops":)" + std::string(operations))), "key_operations_without_verify")
            << operations;
    EXPECT_EQ(reason(minter.jwk(R"("key_ops":["verify"])")), "usable");
    EXPECT_EQ(reason(minter.jwk(R"("key_ops":["sign","verify"])")), "usable");
}

TEST(Jwk, WhoseAlgIsNotASignatureAlgorithmWeKnowIsLeftOut) {
    const TokenMinter minter(Algorithm::RS256);
    for (std::string_view alg : {"RSA-OAEP", "RSA-OAEP-256", "none", " ", "RS1", "rs256"})
        EXPECT_EQ(reason(minter.jwk(R"("alg":")" + std::string(alg) + "\"")), "key_algorithm_unsupported") << alg;
    EXPECT_EQ(reason(minter.jwk(R"("alg":256)")), "key_member_invalid");
    EXPECT_EQ(reason(minter.jwk(R"("alg":"")")), "usable") << "some servers write so that there is none";
}

// SPEC 70
TEST(Jwk, WhoseAlgIsNotForItsTypeOrCurveIsLeftOut) {
    EXPECT_EQ(reason(TokenMinter(Algorithm::RS256).jwk(R"("alg":"HS256")")), "key_algorithm_mismatch");
    EXPECT_EQ(reason(TokenMinter(Algorithm::RS256).jwk(R"("alg":"ES256")")), "key_algorithm_mismatch");
    EXPECT_EQ(reason(TokenMinter(Algorithm::ES256).jwk(R"("alg":"ES384")")), "key_algorithm_mismatch");
    EXPECT_EQ(reason(TokenMinter(Algorithm::ES256).jwk(R"("alg":"EdDSA")")), "key_algorithm_mismatch");
    EXPECT_EQ(reason(TokenMinter(Algorithm::HS256).jwk(R"("alg":"RS256")")), "key_algorithm_mismatch");
    EXPECT_EQ(reason(TokenMinter(Algorithm::Ed25519).jwk(R"("alg":"Ed448")")), "key_algorithm_mismatch");
}

// RFC 7518 section 3.3; SPEC 72
TEST(RsaJwk, OutsideTheSafeSizesIsLeftOut) {
    EXPECT_EQ(reason(rsa_jwk(odd_modulus(1024), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(odd_modulus(2047), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(odd_modulus(16385), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(odd_modulus(400'000), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(odd_modulus(2048), e65537)), "usable");
    EXPECT_EQ(reason(rsa_jwk(odd_modulus(16384), e65537)), "usable");
}

TEST(RsaJwk, OfLeadingZerosIsAsWeakAsWithoutThem) {
    EXPECT_EQ(reason(rsa_jwk(std::string(128, '\0') + odd_modulus(1024), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(std::string(1, '\0') + odd_modulus(2048), e65537)), "usable");
}

TEST(RsaJwk, WithAnUnsafeExponentIsLeftOut) {
    const std::string n = odd_modulus(2048);
    EXPECT_EQ(reason(rsa_jwk(n, std::string(1, '\0'))), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(n, "\x01")), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(n, "\x02")), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(n, std::string("\x01\x00\x00", 3))), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(n, std::string(9, '\xFF'))), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(n, n)), "key_too_weak");
    EXPECT_EQ(reason(rsa_jwk(n, "\x03")), "usable");
    EXPECT_EQ(reason(rsa_jwk(n, std::string(8, '\xFF'))), "usable");
}

TEST(RsaJwk, WithAnEvenModulusIsLeftOut) {
    std::string n = odd_modulus(2048);
    n.back() = '\xFE';
    EXPECT_EQ(reason(rsa_jwk(n, e65537)), "key_too_weak");
}

TEST(RsaJwk, WithoutItsNumbersIsLeftOut) {
    const std::string n = encode(odd_modulus(2048));
    EXPECT_EQ(reason(R"({"kty":"RSA","e":"AQAB"})"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"RSA","n":")" + n + "\"}"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"RSA","e":"AQAB","n":"")"
                     "}"),
              "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"RSA","e":65537,"n":")" + n + "\"}"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"RSA","e":"AQAB","n":")" + n + "=\"}"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"RSA","e":"AQ+B","n":")" + n + "\"}"), "key_member_invalid");
}

// RFC 7518 section 6.2.1.2: exactly as many bytes as the curve has.
TEST(EcJwk, WithCoordinatesOfAnotherLengthIsLeftOut) {
    for (Algorithm algorithm : {Algorithm::ES256, Algorithm::ES384, Algorithm::ES512}) {
        const TokenMinter minter(algorithm);
        const std::size_t size = minter.coordinate_size();
        const std::string curve = "P-" + std::to_string(EVP_PKEY_get_bits(minter.pkey()));
        const std::string x = minter.number("qx", size);
        const std::string y = minter.number("qy", size);
        const std::string zero(1, '\0');
        EXPECT_EQ(reason(ec_jwk(curve, zero + x, y)), "key_member_invalid");
        EXPECT_EQ(reason(ec_jwk(curve, x, zero + y)), "key_member_invalid");
        EXPECT_EQ(reason(ec_jwk(curve, x.substr(1), y)), "key_member_invalid");
        EXPECT_EQ(reason(ec_jwk(curve, x, y.substr(1))), "key_member_invalid");
        EXPECT_EQ(reason(ec_jwk(curve, x, "")), "key_member_invalid");
        EXPECT_EQ(reason(ec_jwk(curve, x, y)), "usable");
    }
}

// SPEC 72
TEST(EcJwk, WhosePointIsNotOnTheCurveIsLeftOut) {
    for (Algorithm algorithm : {Algorithm::ES256, Algorithm::ES384, Algorithm::ES512}) {
        const TokenMinter minter(algorithm);
        const std::size_t size = minter.coordinate_size();
        const std::string curve = "P-" + std::to_string(EVP_PKEY_get_bits(minter.pkey()));
        const std::string x = minter.number("qx", size);
        std::string y = minter.number("qy", size);
        EXPECT_EQ(reason(ec_jwk(curve, y, x)), "key_point_invalid");
        EXPECT_EQ(reason(ec_jwk(curve, std::string(size, '\0'), std::string(size, '\0'))), "key_point_invalid");
        EXPECT_EQ(reason(ec_jwk(curve, std::string(size, '\xFF'), y)), "key_point_invalid");
        y.back() = static_cast<char>(y.back() ^ 1);
        EXPECT_EQ(reason(ec_jwk(curve, x, y)), "key_point_invalid");
    }
}

TEST(EcJwk, OfAnotherCurveIsLeftOut) {
    const TokenMinter minter(Algorithm::ES256);
    const std::string x = minter.number("qx", 32);
    const std::string y = minter.number("qy", 32);
    for (std::string_view curve : {"secp256k1", "P-224", "p-256", "prime256v1", "Ed25519", ""})
        EXPECT_EQ(reason(ec_jwk(curve, x, y)), "key_curve_unsupported") << curve;
    EXPECT_EQ(reason(ec_jwk("P-384", x, y)), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"EC"})"), "key_member_invalid");
}

// RFC 8037 section 2
TEST(OkpJwk, OfAnotherCurveOrLengthIsLeftOut) {
    const std::string x = base::base64url::decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").value();
    EXPECT_EQ(reason(okp_jwk("X25519", x)), "key_curve_unsupported");
    EXPECT_EQ(reason(okp_jwk("ed25519", x)), "key_curve_unsupported");
    EXPECT_EQ(reason(okp_jwk("Ed448", x)), "key_member_invalid");
    EXPECT_EQ(reason(okp_jwk("Ed25519", x.substr(1))), "key_member_invalid");
    EXPECT_EQ(reason(okp_jwk("Ed25519", "")), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"OKP","x":"AA"})"), "key_member_invalid");
    EXPECT_EQ(reason(okp_jwk("Ed25519", x)), "usable");
}

// SPEC 72: anyone can sign for such a key.
TEST(OkpJwk, OfSmallOrderIsLeftOut) {
    EXPECT_EQ(reason(okp_jwk("Ed25519", std::string(32, '\0'))), "key_point_invalid");
    EXPECT_EQ(reason(okp_jwk("Ed448", std::string(57, '\0'))), "key_point_invalid");
}

TEST(OctJwk, WithoutASecretIsLeftOut) {
    EXPECT_EQ(reason(R"({"kty":"oct"})"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"oct","k":""})"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"oct","k":12345678})"), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"oct","k":"not base64url"})"), "key_member_invalid");
}

TEST(Jwk, VerifiesWhatItsTypeAndCurveAreFor) {
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::HS256).jwk()), ElementsAre("HS256", "HS384", "HS512"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::RS256).jwk()),
                ElementsAre("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::ES256).jwk()), ElementsAre("ES256"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::ES384).jwk()), ElementsAre("ES384"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::ES512).jwk()), ElementsAre("ES512"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::Ed25519).jwk()), ElementsAre("EdDSA", "Ed25519"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::Ed448).jwk()), ElementsAre("EdDSA", "Ed448"));
}

TEST(Jwk, WithAnAlgVerifiesThatAlgorithmOnly) {
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::RS256).jwk(R"("alg":"PS384")")), ElementsAre("PS384"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::HS256).jwk(R"("alg":"HS512")")), ElementsAre("HS512"));
    EXPECT_THAT(algorithms_of(TokenMinter(Algorithm::Ed25519).jwk(R"("alg":"EdDSA")")), ElementsAre("EdDSA"));
}

TEST(Jwk, IsReadWithMembersThatWeDoNotUse) {
    const TokenMinter minter(Algorithm::ES256, "a");
    // x5c and x5u are neither read nor fetched (SPEC 76).
    const JwkSet set = support::read_jwks({minter.jwk(
        R"("x5c":["MIIB"],"x5t":"abc","x5u":"http://127.0.0.1:1/","ext":true,"iat":1,"nested":{"a":[1]})")});
    EXPECT_EQ(set.keys()[0].kid(), "a");
    EXPECT_TRUE(set.skipped().empty());
    EXPECT_TRUE(set.warnings().empty());
}

}  // namespace
}  // namespace oauth::jwt
