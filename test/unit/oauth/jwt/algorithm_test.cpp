#include "oauth/jwt/algorithm.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace oauth::jwt {
namespace {

constexpr std::array<std::string_view, 15> names{"HS256", "HS384", "HS512", "RS256",   "RS384",
                                                 "RS512", "PS256", "PS384", "PS512",   "ES256",
                                                 "ES384", "ES512", "EdDSA", "Ed25519", "Ed448"};

// SPEC 70
TEST(Algorithm, NoneIsNotAnAlgorithmInAnySpelling) {
    for (std::string_view spelling : {"none", "None", "NONE", "nOnE", "none ", "", "null"})
        EXPECT_FALSE(parse_algorithm(spelling)) << spelling;
}

TEST(Algorithm, NamesAreExact) {
    for (std::string_view spelling :
         {"rs256", "Rs256", "RS256 ", " RS256", "RS2567", "RS25", "RSA-OAEP", "ES256K", "eddsa"})
        EXPECT_FALSE(parse_algorithm(spelling)) << spelling;
    EXPECT_FALSE(parse_algorithm(std::string_view("RS256\0", 6)));
}

TEST(Algorithm, EveryNameParsesBackToItsAlgorithm) {
    for (std::string_view text : names) {
        const auto algorithm = parse_algorithm(text);
        ASSERT_TRUE(algorithm) << text;
        EXPECT_EQ(name(*algorithm), text);
        EXPECT_TRUE(AlgorithmSet::all().contains(*algorithm)) << text;
        EXPECT_FALSE(AlgorithmSet().contains(*algorithm)) << text;
    }
}

TEST(Algorithm, FamilyAndHashFollowTheName) {
    for (std::string_view text : names) {
        const Algorithm algorithm = *parse_algorithm(text);
        const bool is_edwards = text.starts_with("Ed");
        EXPECT_EQ(family(algorithm) == Family::hmac, text.starts_with("HS")) << text;
        EXPECT_EQ(family(algorithm) == Family::rsa_pkcs1, text.starts_with("RS")) << text;
        EXPECT_EQ(family(algorithm) == Family::rsa_pss, text.starts_with("PS")) << text;
        EXPECT_EQ(family(algorithm) == Family::ecdsa, text.starts_with("ES")) << text;
        EXPECT_EQ(family(algorithm) == Family::eddsa, is_edwards) << text;
        EXPECT_EQ(hash_size(algorithm) * 8, is_edwards ? 0 : std::stoul(std::string(text.substr(2)))) << text;
    }
}

TEST(AlgorithmSet, HoldsWhatWasInsertedAndNothingElse) {
    const AlgorithmSet set{Algorithm::ES256, Algorithm::Ed448};
    for (std::string_view text : names)
        EXPECT_EQ(set.contains(*parse_algorithm(text)), text == "ES256" || text == "Ed448") << text;
    EXPECT_FALSE(set.empty());
    EXPECT_TRUE(AlgorithmSet().empty());
}

}  // namespace
}  // namespace oauth::jwt
