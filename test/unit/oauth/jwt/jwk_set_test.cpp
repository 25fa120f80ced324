// Which JWKs are used, which are left out and why. Negative tests first.
#include "oauth/jwt/jwk_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oauth/base/base64url.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

using base64url::encode;
using support::jwks;
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

std::string error_of(std::string_view document) {
    const auto set = JwkSet::parse_jwks(document);
    return set ? "ok" : std::string(describe(set.error().reason).name);
}

std::vector<std::string_view> algorithms_of(const std::string& jwk) {
    const JwkSet set = support::read_jwks({jwk});
    std::vector<std::string_view> names;
    for (unsigned i = 0; i <= static_cast<unsigned>(Algorithm::Ed448); ++i)
        if (set.keys()[0].fits(static_cast<Algorithm>(i))) names.push_back(name(static_cast<Algorithm>(i)));
    return names;
}

std::string rsa(std::string_view modulus, std::string_view exponent) {
    return R"({"kty":"RSA","n":")" + encode(modulus) + R"(","e":")" + encode(exponent) + "\"}";
}

std::string ec(std::string_view curve, std::string_view x, std::string_view y) {
    return R"({"kty":"EC","crv":")" + std::string(curve) + R"(","x":")" + encode(x) + R"(","y":")" + encode(y) + "\"}";
}

std::string okp(std::string_view curve, std::string_view x) {
    return R"({"kty":"OKP","crv":")" + std::string(curve) + R"(","x":")" + encode(x) + "\"}";
}

std::string odd_modulus(std::size_t bits) {
    std::string modulus((bits + 7) / 8, '\xFF');
    modulus[0] = static_cast<char>(0xFF >> (modulus.size() * 8 - bits));
    return modulus;
}

const std::string e65537("\x01\x00\x01", 3);

TEST(JwkSetDocument, ThatIsNotAJsonObjectIsRefused) {
    EXPECT_EQ(error_of(""), "document_not_json");
    EXPECT_EQ(error_of("nonsense"), "document_not_json");
    EXPECT_EQ(error_of("<html></html>"), "document_not_json");
    EXPECT_EQ(error_of(R"({"keys":[]} x)"), "document_not_json");
    EXPECT_EQ(error_of("[]"), "key_set_not_object");
    EXPECT_EQ(error_of("null"), "key_set_not_object");
}

TEST(JwkSetDocument, WithoutAnArrayOfKeysIsRefused) {
    EXPECT_EQ(error_of("{}"), "key_set_without_keys");
    EXPECT_EQ(error_of(R"({"keys":{}})"), "key_set_without_keys");
    EXPECT_EQ(error_of(R"({"keys":null})"), "key_set_without_keys");
    EXPECT_EQ(error_of(TokenMinter(Algorithm::ES256).jwk()), "key_set_without_keys");
}

TEST(JwkSetDocument, WithoutAnyKeyIsUnusable) {
    EXPECT_EQ(error_of(R"({"keys":[]})"), "key_set_unusable");
}

TEST(JwkSetDocument, WithAMemberTwiceIsRefused) {
    const std::string jwk = TokenMinter(Algorithm::ES256).jwk();
    EXPECT_EQ(error_of(R"({"keys":[],"keys":[)" + jwk + "]}"), "document_duplicate_member");
    EXPECT_EQ(error_of(jwks({jwk.substr(0, jwk.size() - 1) + R"(,"kty":"oct"})"})), "document_duplicate_member");
}

TEST(JwkSetDocument, TooLargeOrWithTooManyKeysIsRefused) {
    EXPECT_EQ(error_of(std::string(JwkSet::max_document_bytes + 1, ' ')), "document_too_large");
    const auto set_of = [](std::size_t count) {
        std::string keys = "{}";
        for (std::size_t i = 1; i < count; ++i)
            keys += ",{}";
        return R"({"keys":[)" + keys + "]}";
    };
    EXPECT_EQ(error_of(set_of(JwkSet::max_keys + 1)), "document_too_large");
    EXPECT_EQ(error_of(set_of(JwkSet::max_keys)), "key_set_unusable");
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
    for (std::string_view kid : {"1", "null", "[]", "{}", "true"})
        EXPECT_EQ(reason(minter.jwk(R"("kid":)" + std::string(kid))), "key_member_invalid") << kid;
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
                                        R"("verify")", "null", R"(["verify",1])"})
        EXPECT_EQ(reason(minter.jwk(R"("key_ops":)" + std::string(operations))), "key_operations_without_verify")
            << operations;
    EXPECT_EQ(reason(minter.jwk(R"("key_ops":["verify"])")), "usable");
    EXPECT_EQ(reason(minter.jwk(R"("key_ops":["sign","verify"])")), "usable");
}

TEST(Jwk, WhoseAlgIsNotASignatureAlgorithmWeKnowIsLeftOut) {
    const TokenMinter minter(Algorithm::RS256);
    for (std::string_view alg : {"RSA-OAEP", "RSA-OAEP-256", "none", "", "RS1", "rs256"})
        EXPECT_EQ(reason(minter.jwk(R"("alg":")" + std::string(alg) + "\"")), "key_algorithm_unsupported") << alg;
    EXPECT_EQ(reason(minter.jwk(R"("alg":256)")), "key_member_invalid");
    EXPECT_EQ(reason(minter.jwk(R"("alg":null)")), "key_member_invalid");
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
    EXPECT_EQ(reason(rsa(odd_modulus(1024), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa(odd_modulus(2047), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa(odd_modulus(16385), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa(odd_modulus(400'000), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa(odd_modulus(2048), e65537)), "usable");
    EXPECT_EQ(reason(rsa(odd_modulus(16384), e65537)), "usable");
}

TEST(RsaJwk, OfLeadingZerosIsAsWeakAsWithoutThem) {
    EXPECT_EQ(reason(rsa(std::string(128, '\0') + odd_modulus(1024), e65537)), "key_too_weak");
    EXPECT_EQ(reason(rsa(std::string(1, '\0') + odd_modulus(2048), e65537)), "usable");
}

TEST(RsaJwk, WithAnUnsafeExponentIsLeftOut) {
    const std::string n = odd_modulus(2048);
    EXPECT_EQ(reason(rsa(n, std::string(1, '\0'))), "key_too_weak");
    EXPECT_EQ(reason(rsa(n, "\x01")), "key_too_weak");
    EXPECT_EQ(reason(rsa(n, "\x02")), "key_too_weak");
    EXPECT_EQ(reason(rsa(n, std::string("\x01\x00\x00", 3))), "key_too_weak");
    EXPECT_EQ(reason(rsa(n, std::string(9, '\xFF'))), "key_too_weak");
    EXPECT_EQ(reason(rsa(n, n)), "key_too_weak");
    EXPECT_EQ(reason(rsa(n, "\x03")), "usable");
    EXPECT_EQ(reason(rsa(n, std::string(8, '\xFF'))), "usable");
}

TEST(RsaJwk, WithAnEvenModulusIsLeftOut) {
    std::string n = odd_modulus(2048);
    n.back() = '\xFE';
    EXPECT_EQ(reason(rsa(n, e65537)), "key_too_weak");
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
        EXPECT_EQ(reason(ec(curve, zero + x, y)), "key_member_invalid");
        EXPECT_EQ(reason(ec(curve, x, zero + y)), "key_member_invalid");
        EXPECT_EQ(reason(ec(curve, x.substr(1), y)), "key_member_invalid");
        EXPECT_EQ(reason(ec(curve, x, y.substr(1))), "key_member_invalid");
        EXPECT_EQ(reason(ec(curve, x, "")), "key_member_invalid");
        EXPECT_EQ(reason(ec(curve, x, y)), "usable");
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
        EXPECT_EQ(reason(ec(curve, y, x)), "key_point_invalid");
        EXPECT_EQ(reason(ec(curve, std::string(size, '\0'), std::string(size, '\0'))), "key_point_invalid");
        EXPECT_EQ(reason(ec(curve, std::string(size, '\xFF'), y)), "key_point_invalid");
        y.back() = static_cast<char>(y.back() ^ 1);
        EXPECT_EQ(reason(ec(curve, x, y)), "key_point_invalid");
    }
}

TEST(EcJwk, OfAnotherCurveIsLeftOut) {
    const TokenMinter minter(Algorithm::ES256);
    const std::string x = minter.number("qx", 32);
    const std::string y = minter.number("qy", 32);
    for (std::string_view curve : {"secp256k1", "P-224", "p-256", "prime256v1", "Ed25519", ""})
        EXPECT_EQ(reason(ec(curve, x, y)), "key_curve_unsupported") << curve;
    EXPECT_EQ(reason(ec("P-384", x, y)), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"EC"})"), "key_member_invalid");
}

// RFC 8037 section 2
TEST(OkpJwk, OfAnotherCurveOrLengthIsLeftOut) {
    const std::string x = base64url::decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").value();
    EXPECT_EQ(reason(okp("X25519", x)), "key_curve_unsupported");
    EXPECT_EQ(reason(okp("ed25519", x)), "key_curve_unsupported");
    EXPECT_EQ(reason(okp("Ed448", x)), "key_member_invalid");
    EXPECT_EQ(reason(okp("Ed25519", x.substr(1))), "key_member_invalid");
    EXPECT_EQ(reason(okp("Ed25519", "")), "key_member_invalid");
    EXPECT_EQ(reason(R"({"kty":"OKP","x":"AA"})"), "key_member_invalid");
    EXPECT_EQ(reason(okp("Ed25519", x)), "usable");
}

// SPEC 72: anyone can sign for such a key.
TEST(OkpJwk, OfSmallOrderIsLeftOut) {
    EXPECT_EQ(reason(okp("Ed25519", std::string(32, '\0'))), "key_point_invalid");
    EXPECT_EQ(reason(okp("Ed448", std::string(57, '\0'))), "key_point_invalid");
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

TEST(JwkSet, WithOneUsableAndTenBrokenKeysKeepsTheOne) {
    const TokenMinter minter(Algorithm::ES256, "good");
    const std::string enc = R"("use":"enc")";
    const auto set = JwkSet::parse_jwks(
        jwks({"null", "{}", R"({"kty":"oct"})", R"({"kty":"XYZ","kid":"odd"})", rsa(odd_modulus(1024), e65537),
              minter.jwk(), okp("X25519", std::string(32, '\1')), ec("P-256", "", ""),
              TokenMinter(Algorithm::ES256, "enc").jwk(enc), R"({"kty":"EC"})", R"({"kty":"OKP"})"}));
    ASSERT_TRUE(set);
    ASSERT_EQ(set->keys().size(), 1U);
    EXPECT_EQ(set->keys()[0].kid(), "good");
    ASSERT_EQ(set->skipped().size(), 10U);
    EXPECT_EQ(set->skipped()[3].index, 3U);
    EXPECT_EQ(set->skipped()[3].kid, "odd");
    EXPECT_EQ(set->skipped()[3].reason, Error::key_type_unsupported);
    EXPECT_EQ(set->skipped()[5].index, 6U);
    EXPECT_EQ(set->skipped()[7].kid, "enc");
    EXPECT_EQ(set->skipped()[7].reason, Error::key_use_not_signature);
}

TEST(JwkSet, WithoutAUsableKeyListsTheReasons) {
    const auto set = JwkSet::parse_jwks(jwks({R"({"kty":"XYZ","kid":"odd"})", R"({"kty":"oct"})"}));
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().reason, Error::key_set_unusable);
    ASSERT_EQ(set.error().skipped.size(), 2U);
    EXPECT_EQ(set.error().skipped[0].kid, "odd");
    EXPECT_EQ(set.error().skipped[0].reason, Error::key_type_unsupported);
    EXPECT_EQ(set.error().skipped[1].index, 1U);
    EXPECT_EQ(set.error().skipped[1].reason, Error::key_member_invalid);
}

TEST(JwkSet, LeavesOpensslErrorQueueEmpty) {
    reason(ec("P-256", std::string(32, '\1'), std::string(32, '\1')));
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(JwkSet, KeepsTwoKeysOfOneKid) {
    const JwkSet set =
        support::read_jwks({TokenMinter(Algorithm::ES256, "a").jwk(), TokenMinter(Algorithm::ES256, "a").jwk()});
    EXPECT_EQ(set.keys().size(), 2U);
}

TEST(JwkSet, KnowsWhetherItHasPublicKeys) {
    const TokenMinter secret(Algorithm::HS256);
    EXPECT_FALSE(support::read_jwks({secret.jwk()}).has_public_keys());
    EXPECT_TRUE(support::read_jwks({secret.jwk(), TokenMinter(Algorithm::ES256).jwk()}).has_public_keys());
    EXPECT_FALSE(support::read_jwks({secret.jwk(), rsa(odd_modulus(1024), e65537)}).has_public_keys());
}

std::vector<KeyWarning> warnings_of(const JwkSet& set) {
    std::vector<KeyWarning> warnings;
    for (const KeySetWarning& warning : set.warnings())
        warnings.push_back(warning.warning);
    return warnings;
}

TEST(JwkSetWarning, APrivateKeyWorksButIsPointedOut) {
    const TokenMinter minter(Algorithm::ES256, "leak");
    const JwkSet set = support::read_jwks({TokenMinter(Algorithm::ES256).jwk(), minter.jwk(R"("d":"AAAA")")});
    EXPECT_EQ(set.keys().size(), 2U);
    ASSERT_THAT(warnings_of(set), ElementsAre(KeyWarning::private_key_present));
    EXPECT_EQ(set.warnings()[0].index, 1U);
    EXPECT_EQ(set.warnings()[0].kid, "leak");
}

// RFC 7518 section 3.2; SPEC 73
TEST(JwkSetWarning, ASecretShorterThanTheHashWorksButIsPointedOut) {
    const auto warnings_for = [](std::size_t size, const std::string& more) {
        const auto minter = TokenMinter::with_secret(Algorithm::HS256, std::string(size, 'x'));
        return warnings_of(support::read_jwks({minter.jwk(more)}));
    };
    EXPECT_THAT(warnings_for(31, ""), ElementsAre(KeyWarning::secret_shorter_than_hash));
    EXPECT_THAT(warnings_for(32, ""), ElementsAre());
    EXPECT_THAT(warnings_for(63, R"("alg":"HS512")"), ElementsAre(KeyWarning::secret_shorter_than_hash));
    EXPECT_THAT(warnings_for(64, R"("alg":"HS512")"), ElementsAre());
}

TEST(JwkSetWarning, ASymmetricKeyBesidePublicKeysIsPointedOut) {
    const TokenMinter secret(Algorithm::HS256);
    const TokenMinter pair(Algorithm::ES256);
    EXPECT_THAT(warnings_of(support::read_jwks({secret.jwk()})), ElementsAre());
    for (const JwkSet& set :
         {support::read_jwks({secret.jwk(), pair.jwk()}), support::read_jwks({pair.jwk(), secret.jwk()})})
        EXPECT_THAT(warnings_of(set), ElementsAre(KeyWarning::symmetric_beside_public_keys));
}

TEST(JwkSetWarning, EachHasAText) {
    for (KeyWarning warning : {KeyWarning::private_key_present, KeyWarning::secret_shorter_than_hash,
                               KeyWarning::symmetric_beside_public_keys})
        EXPECT_FALSE(text(warning).empty());
}

TEST(JwkSetIdentity, IsThatOfTheDocument) {
    const std::string one = jwks({TokenMinter(Algorithm::ES256).jwk()});
    const std::string two = jwks({TokenMinter(Algorithm::ES256).jwk()});
    EXPECT_EQ(support::read_jwks(one).identity(), support::read_jwks(one).identity());
    EXPECT_NE(support::read_jwks(one).identity(), support::read_jwks(two).identity());
    EXPECT_NE(support::read_jwks(one).identity(), support::read_jwks(one + " ").identity());
}

}  // namespace
}  // namespace oauth::jwt
