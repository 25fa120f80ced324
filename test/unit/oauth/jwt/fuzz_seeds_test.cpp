// The seeds of test/fuzz really parse and verify: fuzzing starts behind the front door.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "oauth/jwt/compact_jws.h"
#include "support/rfc_vectors.h"
#include "support/token_minter.h"
#include "support/verification.h"

namespace oauth::jwt {
namespace {

std::map<std::string, std::string> seeds(const std::string& target) {
    std::map<std::string, std::string> contents;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(FUZZ_SEEDS) / target)) {
        std::ifstream file(entry.path(), std::ios::binary);
        contents[entry.path().filename()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return contents;
}

TEST(FuzzSeeds, EveryTokenVerifiesWithTheKeysOfTheFuzzTarget) {
    const JwkSet set = support::read_jwks(support::rfc_key_set());
    VerificationRules rules;
    rules.allow_symmetric_beside_public_keys = true;
    std::size_t verified = 0;
    for (const auto& [name, token] : seeds("jwt")) {
        const bool is_jwt = name.starts_with("valid_");
        EXPECT_EQ(support::verify(token, set, rules, support::rfc_now), is_jwt ? "ok" : "payload_not_json_object")
            << name;
        verified += is_jwt ? 1 : 0;
    }
    EXPECT_GT(verified, 0U);
}

TEST(FuzzSeeds, TokensUseEveryFamilyOfAlgorithms) {
    std::set<Family> families;
    for (const auto& [name, token] : seeds("jwt")) {
        const auto jws = split_compact_jws(token);
        ASSERT_TRUE(jws) << name;
        const auto document = json::Document::parse_base64url(jws->header);
        ASSERT_TRUE(document) << name;
        families.insert(family(read_jose_header(document->root()).value().algorithm));
    }
    EXPECT_EQ(families.size(), 5U);
}

TEST(FuzzSeeds, EveryKeySetIsUsable) {
    AlgorithmSet algorithms;
    for (const auto& [name, document] : seeds("jwk_set")) {
        const auto set = name.starts_with("keyval_") ? JwkSet::parse_keyval(document) : JwkSet::parse_jwks(document);
        ASSERT_TRUE(set) << name;
        for (unsigned i = 0; i <= static_cast<unsigned>(Algorithm::Ed448); ++i)
            for (const Jwk& key : set->keys())
                if (key.fits(static_cast<Algorithm>(i))) algorithms.insert(static_cast<Algorithm>(i));
    }
    EXPECT_TRUE(algorithms == AlgorithmSet::all());
}

}  // namespace
}  // namespace oauth::jwt
