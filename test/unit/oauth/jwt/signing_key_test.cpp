#include "oauth/jwt/signing_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oauth/jwt/verifier.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view payload = R"({"iss":"https://as.example.com","exp":2000000000})";

std::expected<VerifiedToken, Error> verify(const SigningKey& key, const std::string& token) {
    const JwkSet set = support::read_jwks({key.public_jwk()});
    const std::array<const JwkSet*, 1> sets = {&set};
    return Verifier::verify(token, sets, {}, 1'700'000'000);
}

class EveryAlgorithm : public testing::TestWithParam<Algorithm> {};
INSTANTIATE_TEST_SUITE_P(SigningKey, EveryAlgorithm,
                         testing::Values(Algorithm::RS256, Algorithm::PS512, Algorithm::ES256, Algorithm::ES384,
                                         Algorithm::ES512, Algorithm::EdDSA, Algorithm::Ed25519, Algorithm::Ed448));

TEST_P(EveryAlgorithm, SignsWhatTheVerifierAccepts) {
    const auto key = SigningKey::generate(GetParam());
    ASSERT_TRUE(key);
    const auto token = key->sign(payload, "at+jwt");
    ASSERT_TRUE(token);
    const auto verified = verify(*key, *token);
    ASSERT_TRUE(verified) << describe(verified.error()).name;
    EXPECT_EQ(verified->header()->member("kid")->string(), key->kid());
    EXPECT_EQ(verified->header()->member("typ")->string(), "at+jwt");
}

TEST(SigningKeyTest, WritesNoTypeThatIsEmpty) {
    const auto key = SigningKey::generate(Algorithm::ES256);
    const auto token = key->sign(payload, "");
    ASSERT_TRUE(token);
    const auto verified = verify(*key, *token);
    ASSERT_TRUE(verified) << describe(verified.error()).name;
    EXPECT_FALSE(verified->header()->member("typ"));
}

TEST_P(EveryAlgorithm, SurvivesItsPem) {
    const auto key = SigningKey::generate(GetParam());
    const auto pem = key->private_pem();
    ASSERT_TRUE(pem);
    const auto read = SigningKey::from_pem(pem->reveal(), GetParam());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->public_jwk(), key->public_jwk());
    EXPECT_TRUE(verify(*key, *read->sign(payload, "JWT")));
}

TEST(SigningKeyTest, PublicJwkHoldsNothingPrivate) {
    for (const Algorithm algorithm : {Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA})
        for (const char* member : {"\"d\":", "\"p\":", "\"q\":", "\"dp\":", "\"k\":"})
            EXPECT_THAT(SigningKey::generate(algorithm)->public_jwk(), Not(HasSubstr(member)));
}

// RFC 8037 appendix A.1 to A.4: the key, its thumbprint and a signature.
TEST(SigningKeyTest, AgreesWithRfc8037) {
    constexpr std::string_view pem =
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n";
    const auto key = SigningKey::from_pem(pem, std::nullopt);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    EXPECT_THAT(key->public_jwk(), HasSubstr("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
}

TEST(SigningKeyTest, RefusesWhatItCannotSignWith) {
    EXPECT_EQ(SigningKey::generate(Algorithm::HS256).error(), Error::key_algorithm_unsupported);
    for (const std::string_view text : {"", "nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"})
        EXPECT_EQ(SigningKey::from_pem(text, std::nullopt).error(), Error::key_pem_invalid);
    const auto ec = SigningKey::generate(Algorithm::ES256)->private_pem();
    for (const Algorithm algorithm : {Algorithm::RS256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::HS256})
        EXPECT_EQ(SigningKey::from_pem(ec->reveal(), algorithm).error(), Error::key_algorithm_mismatch);
    const auto ed = SigningKey::generate(Algorithm::Ed25519)->private_pem();
    EXPECT_EQ(SigningKey::from_pem(ed->reveal(), Algorithm::Ed448).error(), Error::key_algorithm_mismatch);
}

}  // namespace
}  // namespace oauth::jwt
