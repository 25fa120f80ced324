#include "oauth/exchange/response.h"

#include <gtest/gtest.h>

#include <string>

#include "support/outcome.h"

namespace oauth::exchange {
namespace {

using std::chrono::seconds;
using support::outcome;

std::string_view read(std::string_view body) {
    return outcome(read_response(body, "client-token"));
}

std::string_view read_token(std::string_view token) {
    return read(R"({"token_type":"Bearer","access_token":)" + std::string(token) + "}");
}

std::string_view read_with(std::string_view members) {
    return read(R"({"access_token":"new","token_type":"Bearer",)" + std::string(members) + "}");
}

TEST(ExchangeResponseTest, ATokenTypeAndLifetimeAreRead) {
    const auto issued = read_response(
        R"({"access_token":"new.t0ken-~+/=","issued_token_type":"urn:ietf:params:oauth:token-type:access_token",)"
        R"("token_type":"bearer","expires_in":60})",
        "client-token");
    ASSERT_EQ(outcome(issued), "ok");
    EXPECT_EQ(issued->access_token, "new.t0ken-~+/=");
    EXPECT_EQ(issued->token_type, "bearer");
    EXPECT_EQ(issued->expires_in, seconds(60));
}

TEST(ExchangeResponseTest, ATokenThatIsNotSafeInAHeaderIsRefused) {
    EXPECT_EQ(read_token(R"("good")"), "ok");
    for (const char* token : {R"("")", R"("a b")", R"("a\r\nX: y")", R"("a\u0000b")", R"("a\tb")", R"("ä")",
                              R"("a\u007f")", "1", "null", "[]", R"({"a":1})"})
        EXPECT_EQ(read_token(token), "exchange_answer_invalid") << token;
}

TEST(ExchangeResponseTest, ATokenOverSixteenKilobytesIsRefused) {
    EXPECT_EQ(read_token("\"" + std::string(16 * 1024, 'a') + "\""), "ok");
    EXPECT_EQ(read_token("\"" + std::string(16 * 1024 + 1, 'a') + "\""), "exchange_answer_invalid");
}

// SPEC 13
TEST(ExchangeResponseTest, TheClientsOwnTokenIsNoExchange) {
    EXPECT_EQ(read_token(R"("client-token")"), "exchange_answer_invalid");
}

// RFC 6749 section 7.1: a token whose type is not understood must not be used.
TEST(ExchangeResponseTest, OnlyBearerTokensAreUsed) {
    for (const char* type : {R"("Bearer")", R"("bearer")", R"("BEARER")"})
        EXPECT_EQ(read(R"({"access_token":"new","token_type":)" + std::string(type) + "}"), "ok") << type;
    for (const char* type : {R"("DPoP")", R"("N_A")", R"("mac")", R"("Bearer ")", R"("")", "1", "null"})
        EXPECT_EQ(read(R"({"access_token":"new","token_type":)" + std::string(type) + "}"), "exchange_answer_invalid")
            << type;
    EXPECT_EQ(read(R"({"access_token":"new"})"), "exchange_answer_invalid");
}

TEST(ExchangeResponseTest, OnlyAccessTokensAreUsed) {
    EXPECT_EQ(read_with(R"("issued_token_type":"urn:ietf:params:oauth:token-type:jwt")"), "ok");
    for (const char* type : {R"("urn:ietf:params:oauth:token-type:id_token")",
                             R"("urn:ietf:params:oauth:token-type:saml2")", R"("access_token")", "1"})
        EXPECT_EQ(read_with(R"("issued_token_type":)" + std::string(type)), "exchange_answer_invalid") << type;
}

TEST(ExchangeResponseTest, ALifetimeIsAPositiveNumberOrAbsent) {
    for (const char* value : {"0", "-1", "0.5", R"("60")", "true", "[]"})
        EXPECT_EQ(read_with(R"("expires_in":)" + std::string(value)), "exchange_answer_invalid") << value;
    EXPECT_EQ(read_with(R"("expires_in":1e400)"), "exchange_answer_invalid");
    EXPECT_EQ(read_with(R"("ext":1e400)"), "ok");
    EXPECT_EQ(read_response(R"({"access_token":"a","token_type":"Bearer"})", "")->expires_in, std::nullopt);
    EXPECT_EQ(read_response(R"({"access_token":"a","token_type":"Bearer","expires_in":59.9})", "")->expires_in,
              seconds(59));
}

TEST(ExchangeResponseTest, NullMeansAbsent) {
    EXPECT_EQ(read_with(R"("issued_token_type":null,"expires_in":null)"), "ok");
    EXPECT_EQ(read(R"({"access_token":null,"token_type":"Bearer"})"), "exchange_answer_invalid");
    EXPECT_EQ(read(R"({"access_token":"new","token_type":null})"), "exchange_answer_invalid");
}

TEST(ExchangeResponseTest, ALifetimeBeyondAYearIsAYear) {
    for (const char* value : {"31536001", "9223372036854775807", "1e300"})
        EXPECT_EQ(
            read_response(R"({"access_token":"a","token_type":"Bearer","expires_in":)" + std::string(value) + "}", "")
                ->expires_in,
            seconds(31536000))
            << value;
}

TEST(ExchangeResponseTest, NonsenseIsNoToken) {
    for (const char* body : {"", "<html>", R"({"access_token":"new","token_type":"Bearer")"})
        EXPECT_EQ(read(body), "document_not_json") << body;
    for (const char* body : {"[]", "{}", R"("new")", R"({"error":"invalid_target"})"})
        EXPECT_EQ(read(body), "exchange_answer_invalid") << body;
    EXPECT_EQ(read(R"({"access_token":"a","access_token":"b","token_type":"Bearer"})"), "document_duplicate_member");
}

TEST(ExchangeRefusalTest, ARefusalIsToldFromAFault) {
    EXPECT_EQ(refusal({.status = 200}), std::nullopt);
    EXPECT_EQ(refusal({.status = 400, .body = R"({"error":"invalid_target"})"}), Error::exchange_refused);
    EXPECT_EQ(refusal({.status = 400}), Error::exchange_refused);
    EXPECT_EQ(refusal({.status = 403, .body = R"({"error":"access_denied"})"}), Error::exchange_refused);
    EXPECT_EQ(describe(Error::exchange_refused).http_status, 502);
    EXPECT_EQ(refusal({.status = 401}), Error::server_refuses_client);
    EXPECT_EQ(refusal({.status = 500}), Error::server_failed);
    EXPECT_EQ(refusal({.status = 302}), Error::server_redirects);
}

// RFC 6749 section 5.2 has 401 for a client that is not authenticated.
TEST(ExchangeRefusalTest, A400IsNoWordAboutOurSecret) {
    constexpr std::string_view of_keycloak = R"({"error":"invalid_client","error_description":"Audience not found"})";
    EXPECT_EQ(refusal({.status = 400, .body = of_keycloak}), Error::exchange_refused);
    EXPECT_EQ(refusal({.status = 400, .body = R"({"error":"unauthorized_client"})"}), Error::exchange_refused);
}

TEST(ExchangeRefusalTest, A401IsAboutUsUnlessItsCodeSaysMore) {
    const auto refused = [](std::string_view code, std::string_view challenge = {}) {
        const std::string body = R"({"error":")" + std::string(code) + "\"}";
        return refusal({.status = 401, .body = body, .challenge = challenge});
    };
    for (const char* code : {"invalid_client", "unauthorized_client", "access_denied", "invalid_token", "", "x"})
        EXPECT_EQ(refused(code), Error::server_refuses_client) << code;
    for (const char* code : {"invalid_grant", "invalid_request", "invalid_scope", "invalid_target"})
        EXPECT_EQ(refused(code), Error::exchange_refused) << code;
    EXPECT_EQ(refused("invalid_grant", "Basic realm=x"), Error::server_refuses_client);
}

}  // namespace
}  // namespace oauth::exchange
