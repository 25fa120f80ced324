// Which keys a token is tried with. SPEC 70, 73, 74
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <string>
#include <vector>

#include "base/base64url.h"
#include "support/token_minter.h"
#include "support/verification.h"

namespace oauth::jwt {
namespace {

using support::fresh_claims;
using support::read_jwks;
using support::TokenMinter;
using support::verify;

std::string der_of(EVP_PKEY* pkey) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(pkey, &der);
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

// RFC 8725 section 2.1: a public key that everyone knows must not become a secret.
TEST(AlgorithmConfusion, APublicKeyIsNeverAnHmacSecret) {
    for (Algorithm algorithm : {Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA}) {
        const TokenMinter pair(algorithm, "key-1");
        const JwkSet set = read_jwks({pair.jwk()});
        std::vector<std::string> secrets{pair.public_pem(), der_of(pair.pkey()), pair.jwk()};
        secrets.push_back(secrets[0].substr(0, secrets[0].size() - 1));
        if (algorithm == Algorithm::RS256) {
            secrets.push_back(pair.number("n"));
            secrets.push_back(base::base64url::encode(pair.number("n")));
        }
        for (const std::string& secret : secrets)
            for (Algorithm hmac : {Algorithm::HS256, Algorithm::HS384, Algorithm::HS512})
                EXPECT_EQ(verify(TokenMinter::with_secret(hmac, secret, "key-1").mint(fresh_claims), set),
                          "key_not_found");
    }
}

TEST(AlgorithmConfusion, ATokenDoesNotChooseAnotherAlgorithmForAKey) {
    const TokenMinter minter(Algorithm::RS256, "key-1");
    const JwkSet set = read_jwks({minter.jwk(R"("alg":"PS256")")});
    EXPECT_EQ(verify(minter.mint(fresh_claims), set), "key_not_found");
    const TokenMinter ec(Algorithm::ES256, "key-1");
    const JwkSet ec_set = read_jwks({ec.jwk()});
    for (std::string_view alg : {"ES384", "ES512", "RS256", "PS256", "HS256", "EdDSA", "Ed25519"})
        EXPECT_EQ(verify(ec.mint(R"({"alg":")" + std::string(alg) + "\"}", fresh_claims), ec_set), "key_not_found")
            << alg;
}

TEST(AlgorithmConfusion, ASignatureForAnotherCurveIsRefused) {
    const TokenMinter p256(Algorithm::ES256, "a");
    const TokenMinter p384(Algorithm::ES384, "b");
    const JwkSet set = read_jwks({p256.jwk(), p384.jwk()});
    EXPECT_EQ(verify(p384.mint(R"({"alg":"ES256"})", fresh_claims), set), "signature_malformed");
    EXPECT_EQ(verify(p256.mint(R"({"alg":"ES384"})", fresh_claims), set), "signature_malformed");
    EXPECT_EQ(verify(p256.mint(R"({"alg":"ES384","kid":"a"})", fresh_claims), set), "key_not_found");
}

TEST(KeyChoice, AnEcdsaSignatureInDerIsMalformed) {
    const TokenMinter minter(Algorithm::ES256);
    const std::string input = base::base64url::encode(minter.header()) + "." + base::base64url::encode(fresh_claims);
    EXPECT_EQ(verify(input + "." + base::base64url::encode(minter.sign_with_openssl(input)), read_jwks({minter.jwk()})),
              "signature_malformed");
}

TEST(KeyChoice, WithoutAnyKeyNothingVerifies) {
    const std::string token = TokenMinter(Algorithm::ES256).mint(fresh_claims);
    EXPECT_EQ(support::outcome(Verifier::verify(token, {}, {}, support::now)), "key_not_found");
}

TEST(KeyChoice, AKidNamesOneKeyOnly) {
    const TokenMinter a(Algorithm::ES256, "a");
    const TokenMinter b(Algorithm::ES256, "b");
    const JwkSet set = read_jwks({a.jwk(), b.jwk()});
    EXPECT_EQ(verify(a.mint(R"({"alg":"ES256","kid":"b"})", fresh_claims), set), "signature_invalid");
    EXPECT_EQ(verify(a.mint(R"({"alg":"ES256","kid":"c"})", fresh_claims), set), "key_not_found");
    EXPECT_EQ(verify(a.mint(R"({"alg":"ES256","kid":"A"})", fresh_claims), set), "key_not_found");
    EXPECT_EQ(verify(a.mint(R"({"alg":"ES256","kid":""})", fresh_claims), set), "key_not_found");
    EXPECT_EQ(verify(a.mint(R"({"alg":"ES256","kid":"a\u0000"})", fresh_claims), set), "key_not_found");
    EXPECT_EQ(verify(a.mint(fresh_claims), set), "ok");
    EXPECT_EQ(verify(b.mint(fresh_claims), set), "ok");
}

TEST(KeyChoice, AKidOfAKeyThatDoesNotFitTheAlgorithmFindsNothing) {
    const TokenMinter ec(Algorithm::ES256, "a");
    const TokenMinter rsa(Algorithm::RS256, "b");
    const JwkSet set = read_jwks({ec.jwk(), rsa.jwk()});
    EXPECT_EQ(verify(ec.mint(R"({"alg":"ES256","kid":"b"})", fresh_claims), set), "key_not_found");
}

TEST(KeyChoice, ATokenWithoutKidIsTriedWithEveryKeyThatFits) {
    const TokenMinter a(Algorithm::ES256, "a");
    const TokenMinter b(Algorithm::ES256, "b");
    const TokenMinter rsa(Algorithm::RS256, "c");
    const JwkSet set = read_jwks({rsa.jwk(), a.jwk(), b.jwk()});
    EXPECT_EQ(verify(b.mint(R"({"alg":"ES256"})", fresh_claims), set), "ok");
    EXPECT_EQ(verify(TokenMinter(Algorithm::ES256).mint(fresh_claims), set), "signature_invalid");
}

TEST(KeyChoice, AKeyWithoutKidMayServeAnyToken) {
    const TokenMinter minter(Algorithm::ES256);
    const JwkSet set = read_jwks({TokenMinter(Algorithm::ES256, "a").jwk(), minter.jwk()});
    EXPECT_EQ(verify(minter.mint(R"({"alg":"ES256","kid":"whatever"})", fresh_claims), set), "ok");
    EXPECT_EQ(verify(minter.mint(R"({"alg":"ES256","kid":"a"})", fresh_claims), set), "ok");
    EXPECT_EQ(verify(minter.mint(fresh_claims), set), "ok");
}

// Who revokes keys by name must know the name of the key, and a token can name any.
TEST(KeyWithoutKid, VerifiesNothingWhereKidsMustMatch) {
    const TokenMinter nameless(Algorithm::ES256);
    const TokenMinter named(Algorithm::ES256, "a");
    const JwkSet set = read_jwks({nameless.jwk(), named.jwk()});
    VerificationRules rules;
    rules.require_matching_kid = true;
    EXPECT_EQ(verify(nameless.mint(R"({"alg":"ES256","kid":"whatever"})", fresh_claims), set, rules), "key_not_found");
    EXPECT_EQ(verify(nameless.mint(R"({"alg":"ES256","kid":"a"})", fresh_claims), set, rules), "signature_invalid");
    EXPECT_EQ(verify(nameless.mint(R"({"alg":"ES256"})", fresh_claims), set, rules), "kid_missing");
    EXPECT_EQ(verify(named.mint(R"({"alg":"ES256","kid":"a"})", fresh_claims), set, rules), "ok");
    EXPECT_EQ(verify(named.mint(R"({"alg":"ES256","kid":"b"})", fresh_claims), set, rules), "key_not_found");
}

// Some issuers roll keys over under one kid.
TEST(KeyChoice, EveryKeyOfAKidIsTried) {
    const TokenMinter old_key(Algorithm::ES256, "a");
    const TokenMinter new_key(Algorithm::ES256, "a");
    const JwkSet set = read_jwks({old_key.jwk(), new_key.jwk()});
    EXPECT_EQ(verify(new_key.mint(fresh_claims), set), "ok");
    EXPECT_EQ(verify(old_key.mint(fresh_claims), set), "ok");
}

TEST(KeyChoice, KeysOfEverySetAreTried) {
    const TokenMinter a(Algorithm::ES256, "a");
    const TokenMinter b(Algorithm::ES256, "a");
    const JwkSet first = read_jwks({a.jwk()});
    const JwkSet second = read_jwks({b.jwk()});
    const std::array sets{&first, &second};
    EXPECT_EQ(support::outcome(Verifier::verify(a.mint(fresh_claims), sets, {}, support::now)), "ok");
    EXPECT_EQ(support::outcome(Verifier::verify(b.mint(fresh_claims), sets, {}, support::now)), "ok");
}

// One forged token may not cost more than max_candidates signature checks.
TEST(KeyChoice, NoMoreThanTheLimitOfKeysIsTried) {
    const TokenMinter last(Algorithm::ES256);
    const auto set_with_before = [&](std::size_t count) {
        std::string keys;
        for (std::size_t i = 0; i < count; ++i)
            keys += TokenMinter(Algorithm::ES256).jwk() + ",";
        return read_jwks(R"({"keys":[)" + keys + last.jwk() + "]}");
    };
    EXPECT_EQ(verify(last.mint(fresh_claims), set_with_before(Verifier::max_candidates - 1)), "ok");
    EXPECT_EQ(verify(last.mint(fresh_claims), set_with_before(Verifier::max_candidates)), "too_many_candidate_keys");
    EXPECT_EQ(verify(TokenMinter(Algorithm::ES256).mint(fresh_claims), set_with_before(Verifier::max_candidates - 1)),
              "signature_invalid");
}

TEST(KeyChoice, TheKeyThatATokenNamesComesBeforeKeysWithoutKid) {
    const TokenMinter named(Algorithm::ES256, "a");
    std::string keys;
    for (std::size_t i = 0; i < 2 * Verifier::max_candidates; ++i)
        keys += TokenMinter(Algorithm::ES256).jwk() + ",";
    EXPECT_EQ(verify(named.mint(fresh_claims), read_jwks(R"({"keys":[)" + keys + named.jwk() + "]}")), "ok");
}

// A signature of a length that one key cannot read is wrong, not malformed, when another key could read it.
TEST(KeyChoice, ASignatureIsMalformedOnlyWhenNoCandidateCouldReadIt) {
    const TokenMinter ed25519(Algorithm::Ed25519);
    const TokenMinter ed448(Algorithm::Ed448);
    const std::string forged = TokenMinter(Algorithm::EdDSA).mint(fresh_claims);
    EXPECT_EQ(verify(forged, read_jwks({ed448.jwk()})), "signature_malformed");
    EXPECT_EQ(verify(forged, read_jwks({ed25519.jwk(), ed448.jwk()})), "signature_invalid");
    EXPECT_EQ(verify(forged, read_jwks({ed448.jwk(), ed25519.jwk()})), "signature_invalid");
}

// SPEC 73
class MixedSet : public testing::Test {
protected:
    TokenMinter secret{Algorithm::HS256, "secret"};
    TokenMinter pair{Algorithm::ES256, "pair"};
    JwkSet set = read_jwks({secret.jwk(), pair.jwk()});
};

TEST_F(MixedSet, DoesNotVerifyWithItsSymmetricKeys) {
    EXPECT_EQ(verify(secret.mint(fresh_claims), set), "key_not_found");
    EXPECT_EQ(verify(secret.mint(R"({"alg":"HS256"})", fresh_claims), set), "key_not_found");
    EXPECT_EQ(verify(pair.mint(fresh_claims), set), "ok");
}

TEST_F(MixedSet, VerifiesWithBothWhenTheRulesAllowIt) {
    VerificationRules rules;
    rules.allow_symmetric_beside_public_keys = true;
    EXPECT_EQ(verify(secret.mint(fresh_claims), set, rules), "ok");
    EXPECT_EQ(verify(pair.mint(fresh_claims), set, rules), "ok");
}

TEST_F(MixedSet, OfSymmetricKeysAloneVerifies) {
    EXPECT_EQ(verify(secret.mint(fresh_claims), read_jwks({secret.jwk()})), "ok");
}

// A symmetric key in a file of its own is the operator's word that it counts.
TEST_F(MixedSet, IsJudgedPerSet) {
    const JwkSet secrets = read_jwks({secret.jwk()});
    const JwkSet pairs = read_jwks({pair.jwk()});
    const std::array sets{&secrets, &pairs};
    EXPECT_EQ(support::outcome(Verifier::verify(secret.mint(fresh_claims), sets, {}, support::now)), "ok");
}

}  // namespace
}  // namespace oauth::jwt
