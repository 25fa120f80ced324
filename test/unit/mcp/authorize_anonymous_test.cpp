// Requests without a token.
#include "mcp/authorize.h"

#include <gtest/gtest.h>

#include <string_view>

#include "support/authorize_fixture.h"

namespace mcp {
namespace {

TEST_F(AuthorizeTest, AnonymousMethodsPassWithoutATokenAndNothingElseDoes) {
    resource.policy.allow_anonymous("tools/list");
    authorization.clear();
    EXPECT_EQ(decide().verdict, Verdict::read_body);
    EXPECT_EQ(decide_with("", R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})").verdict, Verdict::pass);
    EXPECT_EQ(decide_with("", echo_call).reason.http_status, 401);
    EXPECT_EQ(decide_with("", "not json").reason.http_status, 401);
    request.http_method = "GET";
    EXPECT_EQ(decide().reason.http_status, 401);
}

// A 401 would send its user to the login page although nothing is known of the request.
TEST_F(AuthorizeTest, WhoseBodyFindsNoRoomIsToldToComeAgain) {
    resource.policy.allow_anonymous("tools/list");
    authorization.clear();
    const Decision decision = decide({.body_error = TransportError::anonymous_bodies_limited});
    EXPECT_TRUE(decision.reason.is(TransportError::anonymous_bodies_limited));
    EXPECT_EQ(decision.reason.http_status, 503);
    EXPECT_EQ(challenge(resource, decision, "id"), "");
    EXPECT_EQ(code_in_answer(decision.reason), unavailable_code);
}

TEST_F(AuthorizeTest, CredentialsOfAnotherSchemeAreNone) {
    authorization = {"DPoP abc"};
    Decision decision = decide();
    EXPECT_TRUE(decision.reason.is(oauth::Error::credentials_not_bearer));
    EXPECT_TRUE(decision.detail.starts_with("it is DPoP")) << decision.detail;
    EXPECT_EQ(challenge(resource, decision, "id"),
              "Bearer resource_metadata=\"" + std::string(metadata_uri) + "\", scope=\"mcp:read\"");
    resource.policy.allow_anonymous("tools/list");
    EXPECT_EQ(decide().verdict, Verdict::read_body);
    const auto list = Message::parse(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
    EXPECT_EQ(decide({.message = &*list}).verdict, Verdict::pass);
    const auto other = Message::parse(echo_call);
    EXPECT_TRUE(decide({.message = &*other}).reason.is(oauth::Error::credentials_not_bearer));
}

// SPEC 4
TEST_F(AuthorizeTest, WhatAnAnonymousClientAsksForIsInItsChallenge) {
    add_tool_rule();
    resource.policy.allow_anonymous("tools/list");
    authorization.clear();
    EXPECT_TRUE(challenge(resource, decide_with("", delete_call), "").ends_with(R"(scope="mcp:read mcp:write")"));
    EXPECT_TRUE(challenge(resource, decide_with("", echo_call), "").ends_with(R"(scope="mcp:read")"));
}

TEST_F(AuthorizeTest, AClientThatBeganAnonymouslyIsToldThatThereIsNoStreamForIt) {
    authorization.clear();
    version = {"2025-11-25"};
    resource.policy.allow_anonymous("tools/list");
    for (const char* http_method : {"GET", "DELETE"}) {
        request.http_method = http_method;
        EXPECT_EQ(decide().reason.http_status, 401) << "initialize needs a token";
    }
    resource.policy.allow_anonymous("initialize");
    for (const char* http_method : {"GET", "DELETE"}) {
        request.http_method = http_method;
        EXPECT_TRUE(decide().reason.is(TransportError::stream_needs_token)) << http_method;
        EXPECT_EQ(decide().reason.http_status, 405) << http_method;
        authorization = {bearer};
        EXPECT_EQ(decide({.token_error = oauth::Error::expired}).reason.http_status, 401) << "it had a token";
        authorization.clear();
    }
    request.must_challenge = true;
    EXPECT_EQ(decide().reason.http_status, 401) << "they are asked after a 401 alone";
    request.must_challenge = false;
    version.clear();
    EXPECT_EQ(decide().reason.http_status, 401) << "who looks for the challenge has no version yet";
    version = {"2025-11-25"};
    request.http_method = "HEAD";
    EXPECT_EQ(decide().reason.http_status, 401);
}

TEST_F(AuthorizeTest, ABadTokenIsNotExcusedByAnAnonymousMethod) {
    resource.policy.allow_anonymous("tools/list");
    EXPECT_EQ(decide({.token_error = oauth::Error::signature_invalid}).reason.http_status, 401);
}

TEST_F(AuthorizeTest, AnAnonymousBodyWithUnacceptableHeadersIsNotReadAndStaysAChallenge) {
    resource.policy.allow_anonymous("tools/list");
    authorization.clear();
    content_type = {"text/plain"};
    EXPECT_EQ(decide().verdict, Verdict::refuse);
    EXPECT_EQ(decide().reason.http_status, 401);
}

}  // namespace
}  // namespace mcp
