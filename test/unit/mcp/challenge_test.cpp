#include "mcp/challenge.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/json/json.h"
#include "support/revisions.h"

namespace mcp {
namespace {

constexpr std::string_view call = R"({"jsonrpc":"2.0","id":"x\"1","method":"tools/call","params":{"name":"echo"}})";

struct ChallengeTest : testing::Test {
    ChallengeTest() : resource{.uri = *ResourceUri::parse("https://mcp.example.com/mcp")} {
        resource.policy.add({.scopes = scopes({"mcp:read"})});
    }

    oauth::ScopeSet scopes(std::initializer_list<std::string_view> names) {
        oauth::ScopeSet set;
        for (const auto scope : names)
            set.insert(*resource.scopes.intern(scope));
        return set;
    }

    template <class Error>
    std::string body_of(Error error, std::string_view message = {}, std::string_view id = "4f2a91bc") {
        decision.verdict = Verdict::refuse;
        decision.reason = reason(error);
        request.mirrored.protocol_version = version;
        const auto parsed = Message::parse(message);
        return refusal_body(resource, decision, request, parsed ? &*parsed : nullptr, id);
    }

    template <class Error>
    std::string challenge_of(Error error) {
        decision.reason = reason(error);
        return challenge(resource, decision, "4f2a91bc");
    }

    Resource resource;
    Decision decision;
    Request request{.http_method = "POST"};
    std::vector<std::string_view> version;
};

TEST_F(ChallengeTest, APostIsAnsweredByAJsonRpcErrorWithWhatItsClientCanShow) {
    EXPECT_EQ(body_of(oauth::Error::expired),
              R"j({"jsonrpc":"2.0","id":null,"error":{"code":-32010,"message":"the token has expired (4f2a91bc)",)j"
              R"("data":{"reason":"expired","decision_id":"4f2a91bc","oauth_error":"invalid_token"}}})");
    EXPECT_EQ(body_of(oauth::Error::credentials_missing, {}, ""),
              R"({"jsonrpc":"2.0","id":null,"error":{"code":-32010,"message":"the request has no access token",)"
              R"("data":{"reason":"credentials_missing"}}})");
}

TEST_F(ChallengeTest, AMissingScopeIsNamedForPeopleAndForPrograms) {
    decision.required = scopes({"mcp:read", "mcp:write", "mcp:admin"});
    decision.missing = scopes({"mcp:write", "mcp:admin"});
    EXPECT_EQ(
        body_of(oauth::Error::scope_insufficient, call),
        R"({"jsonrpc":"2.0","id":"x\"1","error":{"code":-32011,"message":"the token does not have the required scope, )"
        R"j(missing mcp:write mcp:admin (4f2a91bc)","data":{"reason":"scope_insufficient","decision_id":"4f2a91bc",)j"
        R"("oauth_error":"insufficient_scope","scope":"mcp:read mcp:write mcp:admin",)"
        R"("missing_scopes":["mcp:write","mcp:admin"]}}})");
}

TEST_F(ChallengeTest, OnlyTheIdOfARequestIsRepeated) {
    for (const std::string_view message :
         {"", "[]", R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
          R"({"jsonrpc":"2.0","id":7,"result":{}})", R"({"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"x"}})",
          R"([{"jsonrpc":"2.0","id":7,"method":"ping"}])", R"({"jsonrpc":"2.0","id":null,"method":"ping"})"})
        EXPECT_TRUE(body_of(oauth::Error::expired, message).starts_with(R"({"jsonrpc":"2.0","id":null,)")) << message;
    EXPECT_TRUE(body_of(oauth::Error::expired, R"({"jsonrpc":"2.0","id":7,"method":"ping"})")
                    .starts_with(R"({"jsonrpc":"2.0","id":7,)"));
}

TEST_F(ChallengeTest, OtherMethodsHaveTheSmallBody) {
    request.http_method = "GET";
    EXPECT_EQ(body_of(oauth::Error::expired),
              R"({"error":"invalid_token","error_description":"the token has expired"})");
    EXPECT_EQ(body_of(oauth::Error::credentials_missing),
              R"({"error":"credentials_missing","error_description":"the request has no access token"})");
    EXPECT_TRUE(body_of(TransportError::body_unexpected).starts_with(R"({"error":"body_unexpected",)"));
}

// MCP keeps -32020 to -32099; SDKs use -32000 to -32005.
TEST_F(ChallengeTest, CodesOfOurOwnMeetNobodyElses) {
    for (int i = 0; i <= static_cast<int>(oauth::Error::key_pem_invalid); i++) {
        const int code = code_in_answer(reason(static_cast<oauth::Error>(i)));
        EXPECT_TRUE((code <= -32010 && code >= -32019) || code == invalid_request || code == internal_error) << i;
    }
    EXPECT_EQ(code_in_answer(reason(oauth::Error::keys_unavailable)), unavailable_code);
    EXPECT_EQ(code_in_answer(reason(oauth::Error::request_ambiguous)), invalid_request);
    EXPECT_EQ(code_in_answer(reason(TransportError::origin_not_allowed)), forbidden_code);
    EXPECT_EQ(code_in_answer(reason(TransportError::header_mismatch)), header_mismatch_code);
}

TEST_F(ChallengeTest, WhenToComeAgainIsToldToPeopleAndToPrograms) {
    decision.reason = reason(TransportError::rate_limited);
    decision.detail = "subject-2";
    const auto body = [&](int seconds) {
        return refusal_body(resource, decision, request, nullptr, "4f2a91bc", std::chrono::seconds(seconds));
    };
    EXPECT_EQ(body(12), R"({"jsonrpc":"2.0","id":null,"error":{"code":-32013,"message":"too many requests: subject-2, )"
                        R"j(try again in 12 s (4f2a91bc)","data":{"reason":"rate_limited","decision_id":"4f2a91bc",)j"
                        R"("retry_after":12}}})");
    EXPECT_FALSE(body(0).contains("again") || body(0).contains("retry_after")) << body(0);
    request.http_method = "GET";
    EXPECT_EQ(body(12),
              R"({"error":"rate_limited","error_description":"too many requests: subject-2, try again in 12 s"})");
}

TEST_F(ChallengeTest, WhatDiffersStandsInTheMessage) {
    decision.detail = "it is DPoP";
    EXPECT_NE(body_of(oauth::Error::credentials_not_bearer)
                  .find(R"j("the Authorization header is of another scheme than Bearer: it is DPoP (4f2a91bc)")j"),
              std::string::npos);
}

// SPEC 30
TEST_F(ChallengeTest, AnUnsupportedVersionIsToldWithWhatIsSupportedAndWhatWasAskedFor) {
    resource.revisions = only({"2026-07-28"});
    constexpr std::string_view initialize =
        R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})";
    EXPECT_EQ(body_of(TransportError::unsupported_version, initialize),
              R"({"jsonrpc":"2.0","id":0,"error":{"code":-32022,"message":"Unsupported protocol version, this server )"
              R"j(speaks 2026-07-28 (4f2a91bc)","data":{"reason":"unsupported_version","decision_id":"4f2a91bc",)j"
              R"("supported":["2026-07-28"],"requested":"2025-06-18"}}})");
    version = {"2025-11-25"};
    EXPECT_TRUE(body_of(TransportError::unsupported_version, initialize).ends_with(R"("requested":"2025-11-25"}}})"));
}

TEST_F(ChallengeTest, AVersionFromAStrangerIsRepeatedShortAndPrintable) {
    resource.revisions = only({"2026-07-28"});
    const std::string hostile = "\xFF\x01\"" + std::string(1000, 'x');
    version = {hostile};
    EXPECT_TRUE(body_of(TransportError::unsupported_version)
                    .ends_with(R"("requested":"??\")" + std::string(29, 'x') + R"("}}})"));
    version.clear();
    EXPECT_TRUE(body_of(TransportError::unsupported_version, R"({"jsonrpc":"2.0","id":1,"method":"initialize"})")
                    .ends_with(R"("requested":""}}})"));
}

// SPEC 4, 5
TEST_F(ChallengeTest, TheOperatorSaysWhatAClientWithoutATokenAsksFor) {
    EXPECT_TRUE(challenge_of(oauth::Error::credentials_missing).ends_with(R"(scope="mcp:read")"));
    resource.challenge_scopes = scopes({"mcp:read", "mcp:write"});
    EXPECT_TRUE(challenge_of(oauth::Error::credentials_missing).ends_with(R"(scope="mcp:read mcp:write")"));
    EXPECT_TRUE(challenge_of(oauth::Error::expired).ends_with(R"(scope="mcp:read mcp:write")"));
    decision.required = scopes({"mcp:admin"});
    EXPECT_TRUE(challenge_of(oauth::Error::scope_insufficient).find(R"(scope="mcp:admin")") != std::string::npos);
    EXPECT_TRUE(challenge_of(oauth::Error::credentials_missing).ends_with(R"(scope="mcp:read mcp:write mcp:admin")"));
}

}  // namespace
}  // namespace mcp
