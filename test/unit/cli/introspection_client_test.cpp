#include "cli/introspection_client.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "oauth/jwt/compact_jws.h"

namespace cli {
namespace {

using testing::HasSubstr;

constexpr ClientWords words = {.method = "--way",
                               .materials = {"--secret", "--key", "--certificate", "--audience", "--kid", "--alg"}};

class IntrospectionClients : public testing::Test {
protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "/clientXXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    std::string file(const std::string& name, std::string_view text) const {
        std::ofstream(folder / name) << text;
        return folder / name;
    }
    static std::string failure_of(const Introspection& settings) {
        try {
            IntrospectionClient::load(settings, words);
        } catch (const Failure& failure) {
            return failure.text;
        }
        return "";
    }

    std::filesystem::path folder;
    Introspection settings = {.url = "https://as.example/introspect", .client_id = "gateway"};
};

TEST_F(IntrospectionClients, WhatIsMissingOrInVainIsToldByItsName) {
    EXPECT_EQ(failure_of(settings), "--way client_secret_basic needs --secret");
    settings.client_secret_file = file("secret", "s3cret\n");
    EXPECT_EQ(failure_of(settings), "");
    settings.assertion_audience = "https://as.example";
    EXPECT_EQ(failure_of(settings), "--audience has no effect with --way client_secret_basic: leave it out");
    settings.client_authentication = "private_key_jwt";
    EXPECT_EQ(failure_of(settings), "--secret has no effect with --way private_key_jwt: leave it out");
    settings.client_authentication = "guess";
    EXPECT_THAT(failure_of(settings), HasSubstr("--way must be client_secret_basic, "));
}

TEST_F(IntrospectionClients, AnAssertionIsMadeForEachRequestAndNamesTheServer) {
    const auto key = oauth::jwt::SigningKey::generate(oauth::jwt::Algorithm::ES256);
    ASSERT_TRUE(key);
    settings.client_authentication = "private_key_jwt";
    settings.client_key_file = file("key", key->private_pem()->reveal());
    const auto client = IntrospectionClient::load(settings, words);
    EXPECT_TRUE(client.lacks_audience());
    const auto assertion = [&] {
        const std::string body = client.request("token", "https://as.example", 1000).body;
        const std::size_t at = body.find("&client_assertion=");
        return body.substr(at + 18, body.find('&', at + 1) - at - 18);
    };
    EXPECT_NE(assertion(), assertion());
    const auto claims = oauth::jwt::unverified_claims(assertion());
    ASSERT_TRUE(claims);
    EXPECT_THAT(claims->root().to_json(), HasSubstr(R"("aud":"https://as.example")"));
}

TEST_F(IntrospectionClients, ACertificateGoesWithTheRequestAndNoSecretDoes) {
    settings.client_authentication = "tls_client_auth";
    settings.client_key_file = "/key.pem";
    settings.client_certificate_file = "/certificate.pem";
    const HttpRequest request = IntrospectionClient::load(settings, words).request("token", "", 1000);
    EXPECT_EQ(request.client_certificate_file, "/certificate.pem");
    EXPECT_EQ(request.client_key_file, "/key.pem");
    EXPECT_THAT(request.body, HasSubstr("&client_id=gateway"));
    EXPECT_THAT(request.headers, testing::Each(testing::Not(HasSubstr("Authorization"))));
}

}  // namespace
}  // namespace cli
