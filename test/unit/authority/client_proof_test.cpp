#include "authority/client_proof.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace authority {
namespace {

using enum oauth::ClientAuthentication;
using oauth::jwt::Algorithm;
using oauth::jwt::SigningKey;

constexpr ClientWords words = {.method = "auth=",
                               .materials = {"secret=", "key=", "certificate=", "audience=", "kid=", "algorithm="}};

ClientFile::Shared file(std::string_view content) {
    return std::make_shared<const ClientFile>("keys/client.pem", base::Secret(content));
}

ClientFile::Shared new_key(Algorithm algorithm = Algorithm::ES256) {
    static const auto pem = [](Algorithm wanted) { return SigningKey::generate(wanted)->private_pem(); };
    return file(pem(algorithm)->reveal());
}

std::shared_ptr<const base::Secret> secret(std::string_view text = "hunter2") {
    return std::make_shared<const base::Secret>(text);
}

// What nginx -t would say; empty: nothing.
std::string problem(ClientSetting setting, const ClientWords& said = words) {
    setting.client_id = "gateway";
    try {
        const ClientProof proof(std::move(setting), said);
        return "";
    } catch (const ngx::ConfigError& error) {
        return error.what();
    }
}

TEST(ClientProof, WhatIsNoKeyIsRefusedWithoutItsText) {
    for (const std::string_view content :
         {"", "hunter2", "{", R"({"kty":"EC","d":"hunter2"})",
          "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----", R"({"kty":"oct","k":"hunter2"})"}) {
        const std::string text = problem({.method = private_key_jwt, .key = file(content), .audience = "https://as"});
        EXPECT_TRUE(text.starts_with(R"(the key in "keys/client.pem" cannot be used: )")) << content << ": " << text;
        EXPECT_FALSE(text.contains("hunter2")) << text;
    }
}

TEST(ClientProof, WhatIsNoCertificateIsRefused) {
    const std::string text = problem({.method = tls_client_auth, .key = new_key(), .certificates = file("hunter2")});
    EXPECT_TRUE(text.starts_with(R"(the certificate in "keys/client.pem" and the key in "keys/client.pem" cannot)"))
        << text;
    EXPECT_FALSE(text.contains("hunter2")) << text;
}

TEST(ClientProof, AnAlgorithmThatDoesNotFitTheKeyIsRefused) {
    EXPECT_NE(problem({.method = private_key_jwt, .key = new_key(), .algorithm = Algorithm::RS256}), "");
    EXPECT_NE(problem({.method = private_key_jwt, .key = new_key(), .algorithm = Algorithm::ES384}), "");
    EXPECT_EQ(problem({.method = private_key_jwt, .key = new_key(), .algorithm = Algorithm::ES256}), "");
}

TEST(ClientProof, WhatAMethodNeedsMustBeThere) {
    EXPECT_EQ(problem({}), R"(it needs "secret=...")");
    EXPECT_EQ(problem({.method = client_secret_basic}), R"("auth=client_secret_basic" needs "secret=...")");
    EXPECT_EQ(problem({.method = client_secret_post}), R"("auth=client_secret_post" needs "secret=...")");
    EXPECT_EQ(problem({.method = private_key_jwt}), R"("auth=private_key_jwt" needs "key=...")");
    EXPECT_EQ(problem({.method = tls_client_auth, .key = new_key()}),
              R"("auth=tls_client_auth" needs "certificate=...")");
}

TEST(ClientProof, WhatWouldHaveNoEffectIsRefused) {
    EXPECT_EQ(problem({.method = client_secret_post, .secret = secret(), .key = new_key()}),
              R"("key=..." has no effect with "auth=client_secret_post"; leave it out)");
    EXPECT_EQ(problem({.method = private_key_jwt, .secret = secret(), .key = new_key()}),
              R"("secret=..." has no effect with "auth=private_key_jwt"; leave it out)");
    EXPECT_EQ(
        problem({.secret = secret(), .audience = "https://as"}),
        R"("audience=..." has no effect without "auth=...", which says what it is for: "private_key_jwt" or "tls_client_auth")");
}

// The drop-in module's connections show what "proxy_ssl_certificate" says.
TEST(ClientProof, WhoSendsOurRequestsMayHaveACertificateOfItsOwn) {
    ClientWords elsewhere = words;
    elsewhere.has_certificates = false;
    EXPECT_EQ(problem({.method = tls_client_auth}, elsewhere), "");
    EXPECT_NE(problem({.method = tls_client_auth, .key = new_key()}, elsewhere), "");
    EXPECT_NE(problem({.method = tls_client_auth}), "");
}

TEST(ClientProof, OnlyAnAssertionLacksAnAudience) {
    const ClientProof basic({.client_id = "gateway", .secret = secret()}, words);
    EXPECT_FALSE(basic.lacks_audience());
    const ClientProof without({.client_id = "gateway", .method = private_key_jwt, .key = new_key()}, words);
    EXPECT_TRUE(without.lacks_audience());
    const ClientProof with(
        {.client_id = "gateway", .method = private_key_jwt, .key = new_key(), .audience = "https://as"}, words);
    EXPECT_FALSE(with.lacks_audience());
}

TEST(ClientProof, TheCredentialsAreOfTheMethodThatWasSaid) {
    const ClientProof basic({.client_id = "gateway", .secret = secret()}, words);
    EXPECT_EQ(basic.credentials("").method(), client_secret_basic);
    EXPECT_TRUE(basic.credentials("").authorization().starts_with("Basic "));
    const ClientProof post({.client_id = "gateway", .method = client_secret_post, .secret = secret()}, words);
    EXPECT_EQ(post.credentials("").authorization(), "");
    const ClientProof assertion({.client_id = "gateway", .method = private_key_jwt, .key = new_key()}, words);
    EXPECT_TRUE(assertion.credentials("https://as").is_good_once());
    EXPECT_EQ(assertion.certificate(), nullptr);
}

TEST(ClientProof, NamesAreWrittenAsTheRfcHasThem) {
    EXPECT_EQ(read_client_authentication("private_key_jwt"), private_key_jwt);
    for (const std::string_view name : {"", "none", "Private_Key_Jwt", "client_secret_jwt", "private_key_jwt "})
        EXPECT_THROW(read_client_authentication(name), ngx::ConfigError) << name;
    EXPECT_EQ(read_signing_algorithm("ES256"), Algorithm::ES256);
    for (const std::string_view name : {"", "none", "HS256", "es256", "RS256 "})
        EXPECT_THROW(read_signing_algorithm(name), ngx::ConfigError) << name;
}

}  // namespace
}  // namespace authority
