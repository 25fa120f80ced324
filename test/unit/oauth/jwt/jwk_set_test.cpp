// Key sets as documents: what is refused as a whole, what is said about keys that were left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oauth/jwt/jwk_set.h"
#include "support/jwk_text.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

using support::e65537;
using support::ec_jwk;
using support::jwks;
using support::odd_modulus;
using support::okp_jwk;
using support::rsa_jwk;
using support::TokenMinter;
using testing::ElementsAre;

std::string error_of(std::string_view document) {
    const auto set = JwkSet::parse_jwks(document);
    return set ? "ok" : std::string(describe(set.error().reason).name);
}

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
    EXPECT_EQ(error_of(R"({"keys":[)" + jwk + R"(],"k\u0065ys":[]})"), "document_duplicate_member");
}

// --- One odd key spoils no other ---

std::string with(const std::string& jwk, const std::string& members) {
    return jwk.substr(0, jwk.size() - 1) + "," + members + "}";
}

TEST(JwkSetOddKey, ThatCannotBeReadAlikeByAllIsLeftOutAlone) {
    const std::string good = TokenMinter(Algorithm::ES256, "good").jwk();
    const std::string odd = TokenMinter(Algorithm::ES256, "odd").jwk();
    const std::vector<std::pair<std::string, Error>> cases = {
        {with(odd, R"("kty":"EC")"), Error::document_duplicate_member},
        {with(odd, R"("k\u0074y":"oct","k":"AAAA")"), Error::document_duplicate_member},
        {with(odd, R"("x":{"a":1,"a":2})"), Error::document_duplicate_member},
        {with(odd, R"("n":18446744073709551616)"), Error::document_number_too_large},
        {with(odd, R"("n":[1e400])"), Error::document_number_too_large},
        {with(odd, R"("name":"\ud800")"), Error::document_half_surrogate},
        {with(odd, R"("\udfff":1)"), Error::document_half_surrogate},
        {with(odd, R"("deep":)" + std::string(40, '[') + std::string(40, ']')), Error::document_too_deep},
    };
    for (const auto& [key, reason] : cases) {
        const auto set = support::read_jwks({good, key, "1", good});
        EXPECT_EQ(set.keys().size(), 2U) << key;
        ASSERT_EQ(set.skipped().size(), 2U) << key;
        EXPECT_EQ(set.skipped()[0].index, 1U);
        EXPECT_EQ(set.skipped()[0].reason, reason) << key;
        EXPECT_EQ(set.skipped()[1].reason, Error::key_not_object);
        if (reason != Error::document_half_surrogate || !key.contains("udfff")) {
            EXPECT_EQ(set.skipped()[0].kid, "odd") << key;
        }
        EXPECT_EQ(error_of(jwks({key})), "key_set_unusable") << key;
    }
}

TEST(JwkSetOddKey, DoesNotMakeJsonOfWhatIsNone) {
    const std::string good = TokenMinter(Algorithm::ES256).jwk();
    const std::string twice = R"({"a":1,"a":2})";
    for (const std::string& text :
         {R"({"keys":[)" + twice + "," + good + "]", R"({"keys":[)" + twice + "," + good + "}]",
          R"({"keys":[)" + twice + "," + good + ",]}", R"({"keys":[)" + twice + " " + good + "]}",
          R"({"keys":[)" + twice + ",," + good + "]}", R"({"keys":[)" + twice + "," + good + R"(]} {})",
          R"({"keys":[)" + twice + "," + good + R"(],"x"})", R"({"keys":[)" + twice + "," + good + R"(],"x":01})",
          R"({"keys":[)" + twice + "," + good + R"(,{"b":"\x"}]})",
          R"({"keys":[)" + twice + "," + good + R"(,{"b":]]})", R"({keys:[)" + twice + "," + good + "]}"})
        EXPECT_EQ(error_of(text), "document_not_json") << text;
    EXPECT_EQ(error_of(R"({"keys":[)" + twice + "," + good + "],\"x\":\"\xFF\"}"), "document_not_utf8");
    EXPECT_EQ(error_of(R"([)" + twice + "," + good + "]"), "document_not_json");
    EXPECT_EQ(error_of(R"({"x":)" + twice + "}"), "key_set_without_keys");
    EXPECT_EQ(error_of(R"({"keys":)" + twice + "}"), "key_set_without_keys");
}

TEST(JwkSetOddKey, IsNoneOutsideOfTheKeys) {
    const std::string good = TokenMinter(Algorithm::ES256).jwk();
    for (const std::string_view other : {R"({"a":1,"a":2})", "1e400", R"("\udc00")", "[18446744073709551616]"}) {
        const auto set = JwkSet::parse_jwks(R"({ "x" : )" + std::string(other) + R"( , "keys" : [ )" + good + " ] }");
        ASSERT_TRUE(set) << other;
        EXPECT_EQ(set->keys().size(), 1U);
        EXPECT_TRUE(set->skipped().empty());
    }
}

TEST(JwkSetOddKey, CountsAmongTheKeysThatAreTooMany) {
    std::string keys = R"({"a":1,"a":2})";
    for (std::size_t i = 0; i < JwkSet::max_keys; ++i)
        keys += ",{}";
    EXPECT_EQ(error_of(R"({"keys":[)" + keys + "]}"), "document_too_large");
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

TEST(JwkSet, WithOneUsableAndTenBrokenKeysKeepsTheOne) {
    const TokenMinter minter(Algorithm::ES256, "good");
    const std::string enc = R"("use":"enc")";
    const auto set = JwkSet::parse_jwks(
        jwks({"null", "{}", R"({"kty":"oct"})", R"({"kty":"XYZ","kid":"odd"})", rsa_jwk(odd_modulus(1024), e65537),
              minter.jwk(), okp_jwk("X25519", std::string(32, '\1')), ec_jwk("P-256", "", ""),
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
    error_of(jwks({ec_jwk("P-256", std::string(32, '\1'), std::string(32, '\1'))}));
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(JwkSet, KeepsTwoKeysOfOneKid) {
    const JwkSet set =
        support::read_jwks({TokenMinter(Algorithm::ES256, "a").jwk(), TokenMinter(Algorithm::ES256, "a").jwk()});
    EXPECT_EQ(set.keys().size(), 2U);
}

TEST(JwkSet, KnowsWhetherPublicKeysStandInIt) {
    const TokenMinter secret(Algorithm::HS256);
    EXPECT_FALSE(support::read_jwks({secret.jwk()}).lists_public_keys());
    EXPECT_TRUE(support::read_jwks({secret.jwk(), TokenMinter(Algorithm::ES256).jwk()}).lists_public_keys());
    EXPECT_TRUE(support::read_jwks({secret.jwk(), rsa_jwk(odd_modulus(1024), e65537)}).lists_public_keys());
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

// Else whoever makes the public key odd makes the secret verify.
TEST(JwkSetWarning, APublicKeyThatIsLeftOutStillStandsBesideASecret) {
    const TokenMinter secret(Algorithm::HS256);
    const TokenMinter pair(Algorithm::ES256);
    for (const std::string& odd :
         {with(pair.jwk(), R"("x":"")"), with(pair.jwk(), R"("iat":1e400)"), with(pair.jwk(), R"("use":"enc")"),
          std::string(R"({"kty":"AKP"})"), std::string(R"({"kty":5})"), std::string("null"), std::string("{}")}) {
        const JwkSet set = support::read_jwks({secret.jwk(), odd});
        EXPECT_TRUE(set.lists_public_keys()) << odd;
        EXPECT_THAT(warnings_of(set), ElementsAre(KeyWarning::symmetric_beside_public_keys)) << odd;
    }
    EXPECT_FALSE(support::read_jwks({secret.jwk(), R"({"kty":"oct"})"}).lists_public_keys());
}

TEST(JwkSetWarning, EachHasAText) {
    for (KeyWarning warning : {KeyWarning::private_key_present, KeyWarning::secret_shorter_than_hash,
                               KeyWarning::symmetric_beside_public_keys})
        EXPECT_FALSE(text(KeySetWarning{0, "", warning}).empty());
}

TEST(JwkSetRemarks, NameTheKeyAndSayWhy) {
    const TokenMinter secret(Algorithm::HS256, "s");
    const auto set =
        support::read_jwks({TokenMinter(Algorithm::ES256).jwk(), R"({"kid":"b","kid":"c"})", "1", secret.jwk()});
    EXPECT_THAT(set.remarks(),
                ElementsAre(R"(key 2 (kid "b") is left out: an object has two members of one name)",
                            "key 3 is left out: the key is not a JSON object",
                            R"(key 4 (kid "s"): is a symmetric key in a set with public keys, so it is not used)"));
}

TEST(JwkSetRemarks, FillNoPage) {
    std::string keys = TokenMinter(Algorithm::ES256).jwk();
    for (std::size_t i = 0; i < 200; ++i)
        keys += R"(,{"kid":")" + std::string(2000, 'k') + "\"}";
    const auto set = JwkSet::parse_jwks(R"({"keys":[)" + keys + "]}");
    const auto lines = set->remarks();
    ASSERT_EQ(lines.size(), JwkSet::max_remarks + 1);
    EXPECT_LT(lines.front().size(), 250U);
    EXPECT_EQ(lines.back(), "there are 184 remarks more");
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
