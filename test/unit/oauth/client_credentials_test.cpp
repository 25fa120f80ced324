#include "oauth/client_credentials.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "oauth/jwt/verifier.h"
#include "support/token_minter.h"

namespace oauth {
namespace {

TEST(ClientCredentialsTest, IdAndSecretAreJoinedByAColonInBase64) {
    EXPECT_EQ(basic_credentials("s6BhdRkqt3", "gX1fBat3bV").reveal(), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
}

// RFC 6749 section 2.3.1: form-encoded first. "a:b" and "c%d" give "a%3Ab:c%25d".
TEST(ClientCredentialsTest, IdAndSecretAreFormEncodedFirst) {
    EXPECT_EQ(basic_credentials("a:b", "c%d").reveal(), "Basic YSUzQWI6YyUyNWQ=");
}

TEST(ClientCredentialsTest, AreShownInOneWayOnly) {
    const auto basic = ClientCredentials::basic("a:b", "c%d");
    EXPECT_EQ(basic.authorization(), "Basic YSUzQWI6YyUyNWQ=");
    EXPECT_EQ(basic.form_members(0).reveal(), "");
    const auto post = ClientCredentials::post("a:b", "c%d&x");
    EXPECT_EQ(post.authorization(), "");
    EXPECT_EQ(post.form_members(0).reveal(), "&client_id=a%3Ab&client_secret=c%25d%26x");
    const auto certificate = ClientCredentials::certificate("a:b");
    EXPECT_EQ(certificate.authorization(), "");
    EXPECT_EQ(certificate.form_members(0).reveal(), "&client_id=a%3Ab");
}

TEST(ClientCredentialsTest, SecretsAreWhatAServerCanRepeat) {
    const auto basic = ClientCredentials::basic("a", "b");
    const auto post = ClientCredentials::post("a", "b");
    EXPECT_EQ(basic.secrets(), (std::array<std::string_view, 2>{"b", "YTpi"}));
    EXPECT_EQ(post.secrets(), (std::array<std::string_view, 2>{"b", ""}));
}

TEST(ClientCredentialsTest, NamesAreThoseOfTheRegistry) {
    for (const char* text : {"client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"})
        EXPECT_EQ(name(*parse_client_authentication(text)), text);
    for (const char* text : {"", "none", "client_secret_jwt", "Private_Key_JWT", "private_key_jwt "})
        EXPECT_FALSE(parse_client_authentication(text)) << text;
}

TEST(ClientCredentialsTest, AnotherSecretOrMethodIsAnotherIdentity) {
    std::set<base::Sha256> identities = {
        ClientCredentials::basic("a", "b").identity(), ClientCredentials::post("a", "b").identity(),
        ClientCredentials::basic("a", "c").identity(), ClientCredentials::basic("b", "b").identity(),
        ClientCredentials::certificate("a").identity()};
    EXPECT_EQ(identities.size(), 5);
    EXPECT_TRUE(identities.contains(ClientCredentials::basic("a", "b").identity()));
}

class Assertion : public testing::Test {
protected:
    static constexpr NumericDate now = 1'700'000'000;
    static constexpr std::string_view id = "client \"\xc3\xbc\"";

    std::string made() const {
        const auto members = ClientCredentials::assertion(id, key, "https://as.example.com").form_members(now);
        const std::string form(members.reveal());
        const std::string before =
            "&client_id=client+%22%C3%BC%22&client_assertion_type="
            "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=";
        EXPECT_TRUE(form.starts_with(before)) << form;
        return form.substr(before.size());
    }
    json::Document header() const {
        const std::string token = made();
        return *json::Document::parse_base64url(token.substr(0, token.find('.')));
    }
    std::expected<VerifiedToken, Error> verified() const {
        const auto set = support::read_jwks({key->public_jwk()});
        const std::array<const jwt::JwkSet*, 1> sets = {&set};
        return jwt::Verifier::verify(made(), sets, {}, now);
    }

    std::shared_ptr<jwt::SigningKey> key =
        std::make_shared<jwt::SigningKey>(*jwt::SigningKey::generate(jwt::Algorithm::ES256));
};

// RFC 7523 section 3
TEST_F(Assertion, SaysWhoWeAreToOneServerForAMinute) {
    const auto token = verified();
    ASSERT_TRUE(token);
    const json::Value claims = token->claims();
    EXPECT_EQ(claims.member("iss")->string(), id);
    EXPECT_EQ(claims.member("sub")->string(), id);
    EXPECT_EQ(claims.member("aud")->string(), "https://as.example.com");
    EXPECT_EQ(claims.member("iat")->integer(), now);
    EXPECT_EQ(claims.member("exp")->integer(), now + 60);
}

TEST_F(Assertion, IsNeverTheSameTwice) {
    std::set<std::string> ids;
    for (int i = 0; i < 20; i++)
        ids.emplace(*verified()->claims().member("jti")->string());
    EXPECT_EQ(ids.size(), 20);
}

TEST_F(Assertion, NamesAKeyOnlyAsSomebodyHasNamedIt) {
    EXPECT_FALSE(header().root().member("kid"));
    EXPECT_EQ(header().root().member("typ")->string(), "JWT");
    EXPECT_EQ(header().root().member("alg")->string(), "ES256");
    key->set_kid("\"a key\"");
    EXPECT_EQ(header().root().member("kid")->string(), "\"a key\"");
}

}  // namespace
}  // namespace oauth
