#include "oauth/jwt/published_keys.h"

#include <gtest/gtest.h>

#include <string>

namespace oauth::jwt {
namespace {

const std::string secret = R"({"kty":"oct","kid":"s","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})";
const std::string point = R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                          R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

std::string trouble_of(const std::string& keys) {
    auto set = JwkSet::parse_jwks(R"({"keys":[)" + keys + "]}");
    const auto usable = usable_when_published(*std::move(set));
    return usable ? "" : usable.error();
}

TEST(PublishedKeysTest, SecretsThatAnybodyCanReadAreNoKeys) {
    EXPECT_EQ(trouble_of(secret), "the keys are symmetric: anyone who can read them can sign tokens");
    EXPECT_EQ(trouble_of(secret + R"(,{"kty":"XYZ","kid":"a"})"),
              "no key of the set can verify a signature (the type of the key is not supported)");
}

TEST(PublishedKeysTest, PublicKeysAreUsedWhateverStandsBesideThem) {
    EXPECT_EQ(trouble_of(point), "");
    EXPECT_EQ(trouble_of(secret + "," + point), "");
}

TEST(PublishedKeysTest, AListWithoutAnyKeyWithdrawsThemAll) {
    const auto none = read_published_keys(R"({"keys":[]})");
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->keys().empty());
    for (const std::string keys : {R"({"kty":"XYZ"})", "1"})
        EXPECT_FALSE(read_published_keys(R"({"keys":[)" + keys + "]}")) << keys;
    for (const char* document : {"", "{}", R"({"keys":null})"})
        EXPECT_FALSE(read_published_keys(document)) << document;
}

}  // namespace
}  // namespace oauth::jwt
