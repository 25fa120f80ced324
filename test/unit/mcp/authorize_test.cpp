#include "mcp/authorize.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/authorize_fixture.h"
#include "support/revisions.h"

namespace mcp {
namespace {

// SPEC 4, 63, 64
TEST_F(AuthorizeTest, ARequestWithoutCredentialsIsChallengedWithoutAnErrorCode) {
    authorization.clear();
    const Decision decision = decide();
    EXPECT_EQ(decision.verdict, Verdict::refuse);
    EXPECT_EQ(decision.reason.http_status, 401);
    EXPECT_EQ(challenge(resource, decision, "id"),
              "Bearer resource_metadata=\"" + std::string(metadata_uri) + "\", scope=\"mcp:read\"");
}

TEST_F(AuthorizeTest, ATokenIsVerifiedBeforeAnythingElseIsJudged) {
    request.http_method = "PUT";
    const Decision decision = decide();
    EXPECT_EQ(decision.verdict, Verdict::verify_token);
    EXPECT_EQ(decision.bearer_token, "abc.def.ghi");
}

// SPEC 14, 65, 83
TEST_F(AuthorizeTest, ABadTokenIsAnInvalidTokenWhateverItsScopesWouldBe) {
    Evidence evidence{.token_error = oauth::Error::expired};
    const Decision decision = decide(evidence);
    EXPECT_EQ(decision.reason.http_status, 401);
    const std::string header = challenge(resource, decision, "4f2a");
    EXPECT_TRUE(header.starts_with(R"(Bearer error="invalid_token", error_description=")")) << header;
    EXPECT_NE(header.find("(4f2a)"), std::string::npos) << header;
}

// SPEC 16, 17
TEST_F(AuthorizeTest, AMissingScopeIsNamedTogetherWithAllThatTheOperationNeeds) {
    add_tool_rule();
    const Decision decision = decide_with("mcp:read", delete_call);
    EXPECT_EQ(decision.verdict, Verdict::refuse);
    EXPECT_EQ(decision.reason.http_status, 403);
    EXPECT_EQ(resource.scopes.names(decision.missing), "mcp:write");
    EXPECT_EQ(challenge(resource, decision, "id"),
              "Bearer error=\"insufficient_scope\", scope=\"mcp:read mcp:write\", resource_metadata=\"" +
                  std::string(metadata_uri) + "\"");
}

TEST_F(AuthorizeTest, AnOperationWithinItsScopesPasses) {
    add_tool_rule();
    EXPECT_EQ(decide_with("mcp:read", echo_call).verdict, Verdict::pass);
    EXPECT_EQ(decide_with("mcp:read mcp:write", delete_call).verdict, Verdict::pass);
}

// SPEC 19
TEST_F(AuthorizeTest, ABroadScopeGrantsWhatItImplies) {
    add_tool_rule();
    resource.scopes.imply(*resource.scopes.intern("admin"), *resource.scopes.intern("mcp:write"));
    resource.scopes.imply(*resource.scopes.intern("mcp:write"), *resource.scopes.intern("mcp:read"));
    ASSERT_FALSE(resource.scopes.compile());
    EXPECT_EQ(decide_with("admin", delete_call).verdict, Verdict::pass);
}

TEST_F(AuthorizeTest, TheBodyIsReadOnlyWherePolicyDependsOnIt) {
    const auto token = token_with(R"({"scope":"mcp:read"})");
    EXPECT_EQ(decide({.token = &token}).verdict, Verdict::pass);
    add_tool_rule();
    EXPECT_EQ(decide({.token = &token}).verdict, Verdict::read_body);
    request.http_method = "GET";
    request.has_body = false;
    EXPECT_EQ(decide({.token = &token}).verdict, Verdict::pass);
}

// SPEC 33: a safe name in the header over a dangerous one in the body.
TEST_F(AuthorizeTest, AHeaderThatContradictsTheBodyIsRefusedEvenWithEveryScope) {
    add_tool_rule();
    version = {"2026-07-28"};
    method = {"tools/call"};
    name = {"echo"};
    const Decision decision = decide_with("mcp:read mcp:write", delete_call);
    EXPECT_EQ(decision.reason.http_status, 400);
    const auto message = Message::parse(delete_call);
    EXPECT_EQ(refusal_body(resource, decision, request, &*message, {}),
              R"({"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Mcp-Method, Mcp-Name or )"
              R"(MCP-Protocol-Version does not agree with the body","data":{"reason":"header_mismatch"}}})");
    EXPECT_EQ(challenge(resource, decision, "id"), "");
}

// SPEC 8, 67
TEST_F(AuthorizeTest, ATokenInTheQueryIsAnInvalidRequestEvenBesideAGoodHeader) {
    request.token_in_query = true;
    const Decision decision = decide();
    EXPECT_EQ(decision.reason.http_status, 400);
    EXPECT_TRUE(challenge(resource, decision, "").starts_with(R"(Bearer error="invalid_request")"));
}

TEST_F(AuthorizeTest, TwoAuthorizationHeadersAreAnInvalidRequest) {
    authorization = {bearer, bearer};
    EXPECT_EQ(decide().reason.http_status, 400);
}

// SPEC 26
TEST_F(AuthorizeTest, AForeignDoubledOrNullOriginIsForbiddenBeforeTheTokenIsLookedAt) {
    for (const std::vector<std::string_view>& values :
         std::vector<std::vector<std::string_view>>{{"https://evil.example"},
                                                    {"null"},
                                                    {""},
                                                    {"https://app.example/"},
                                                    {"https://app.example/path"},
                                                    {"http://app.example"},
                                                    {"https://app.example:444"},
                                                    {"https://app.example", "https://app.example"}}) {
        origin = values;
        const Decision decision = decide();
        EXPECT_EQ(decision.verdict, Verdict::refuse) << values.front();
        EXPECT_EQ(decision.reason.name, "origin_not_allowed") << values.front();
    }
    origin = {"https://APP.example"};
    EXPECT_EQ(decide().verdict, Verdict::verify_token);
}

TEST_F(AuthorizeTest, APreflightIsAnsweredWithoutATokenOnlyForAnAllowedOrigin) {
    authorization.clear();
    request.http_method = "OPTIONS";
    request.is_preflight = true;
    origin = {"https://app.example"};
    EXPECT_EQ(decide().verdict, Verdict::answer_preflight);
    origin = {"https://evil.example"};
    EXPECT_EQ(decide().verdict, Verdict::refuse);
}

// SPEC 42
TEST_F(AuthorizeTest, AModernEndpointServesPostAlone) {
    resource.revisions = only({"2026-07-28"});
    version = {"2026-07-28"};
    for (const char* http_method : {"GET", "DELETE", "PUT", "HEAD"}) {
        request.http_method = http_method;
        EXPECT_EQ(decide_with("mcp:read").reason.http_status, 405) << http_method;
    }
    request.http_method = "POST";
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass);
}

// SPEC 30, 31
TEST_F(AuthorizeTest, AVersionOutsideTheConfiguredRevisionsIsRefusedWithTheListOfThose) {
    resource.revisions = only({"2025-03-26", "2025-11-25"});
    version = {"2026-07-28"};
    Decision decision = decide_with("mcp:read");
    EXPECT_EQ(decision.reason.http_status, 400);
    const std::string body = refusal_body(resource, decision, request, nullptr, {});
    EXPECT_NE(body.find(R"("code":-32022)"), std::string::npos);
    EXPECT_NE(body.find(R"("supported":["2025-11-25","2025-03-26"])"), std::string::npos);
    version = {"2025-06-18"};
    EXPECT_TRUE(decide_with("mcp:read").reason.is(TransportError::unsupported_version)) << "exactly those";
    version = {};
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass);
    resource.revisions = only({"2026-07-28"});
    EXPECT_EQ(decide_with("mcp:read").reason.http_status, 400);
}

TEST_F(AuthorizeTest, AVersionThatIsNoDateIsRefusedWhereRevisionsAreListed) {
    const std::string nines(500, '9');
    for (const std::string_view text : {std::string_view(), std::string_view("draft"), std::string_view("2026-7-28"),
                                        std::string_view("2026-07-28, 2026-07-28"), std::string_view(nines)}) {
        version = {text};
        for (const Revisions& revisions : {only({"2026-07-28"}), only({"2025-11-25"})}) {
            resource.revisions = revisions;
            EXPECT_TRUE(decide_with("mcp:read", echo_call).reason.is(TransportError::unsupported_version)) << text;
        }
        resource.revisions = {};
        EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass) << "the backend's matter: " << text;
    }
    version = {"2031-01-01"};
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass) << "and so is a date that nobody knows yet";
    resource.revisions = only({"2026-07-28"});
    EXPECT_TRUE(decide_with("mcp:read", echo_call).reason.is(TransportError::unsupported_version))
        << "unless others are listed";
}

constexpr std::string_view initialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}})";

// SPEC 30
TEST_F(AuthorizeTest, ALegacyInitializeAtAModernEndpointIsAboutTheVersionThatItProposes) {
    resource.revisions = only({"2026-07-28"});
    EXPECT_TRUE(decide_with("mcp:read", initialize).reason.is(TransportError::unsupported_version));
    version = {"2025-11-25"};
    EXPECT_TRUE(decide_with("mcp:read", initialize).reason.is(TransportError::unsupported_version));
    version = {};
    for (const std::string& other : {std::string(echo_call), "[" + std::string(initialize) + "]", std::string("x")})
        EXPECT_TRUE(decide_with("mcp:read", other).reason.is(TransportError::version_missing)) << other;
}

// MCP 2025-11-25 "Version Negotiation": the server answers with a version that it has.
TEST_F(AuthorizeTest, WhatAnInitializeProposesIsNegotiatedWithALegacyServer) {
    resource.revisions = only({"2025-03-26"});
    EXPECT_EQ(decide_with("mcp:read", initialize).verdict, Verdict::pass);
    resource.revisions = only({"2025-03-26", "2026-07-28"});
    EXPECT_EQ(decide_with("mcp:read", initialize).verdict, Verdict::pass);
    version = {"2025-11-25"};
    EXPECT_TRUE(decide_with("mcp:read", initialize).reason.is(TransportError::unsupported_version));
}

TEST_F(AuthorizeTest, BothErasAreServedWhereRevisionsOfBothAreListed) {
    resource.revisions = only({"2025-11-25", "2026-07-28"});
    request.http_method = "GET";
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass);
}

TEST_F(AuthorizeTest, ARefusedVersionHasTheBodyReadForItsIdAndNoOtherRefusalHas) {
    resource.revisions = only({"2026-07-28"});
    const auto token = token_with(R"({"scope":"mcp:read"})");
    EXPECT_EQ(decide({.token = &token}).verdict, Verdict::read_body);
    version = {"2025-11-25"};
    EXPECT_EQ(decide({.token = &token}).verdict, Verdict::read_body);
    EXPECT_EQ(decide({.token = &token, .body_error = TransportError::body_too_large}).verdict, Verdict::refuse);
    EXPECT_EQ(decide({.token_error = oauth::Error::expired}).verdict, Verdict::refuse);
    content_type = {"text/plain"};
    EXPECT_EQ(decide({.token = &token}).verdict, Verdict::refuse);
    version = {"2026-07-28", "2026-07-28"};
    EXPECT_EQ(decide({.token = &token}).verdict, Verdict::refuse);
    authorization.clear();
    EXPECT_EQ(decide().reason.http_status, 401);
}

TEST_F(AuthorizeTest, ABodyThatPolicyCannotReadIsRefused) {
    add_tool_rule();
    EXPECT_EQ(decide_with("mcp:read mcp:write", "{").reason.jsonrpc_code, parse_error);
    EXPECT_EQ(decide_with("mcp:read mcp:write", "[]").reason.jsonrpc_code, invalid_request);
    EXPECT_EQ(
        decide_with("mcp:read mcp:write", R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})").reason.jsonrpc_code,
        invalid_params);
}

// RFC 6750 section 2.2: a form body may carry access_token.
TEST_F(AuthorizeTest, AFormIsRefusedEvenWhereNobodyReadsTheBody) {
    for (const char* form : {"application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8",
                             "application/x-www-form-urlencoded,application/json", "multipart/form-data; boundary=x"}) {
        content_type = {form};
        EXPECT_EQ(decide_with("mcp:read").reason.name, "media_type_unsupported") << form;
        EXPECT_EQ(decide_with("mcp:read").reason.http_status, 415) << form;
    }
    request.http_method = "DELETE";
    EXPECT_EQ(decide_with("mcp:read").reason.http_status, 415);
    request.has_body = false;
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass);
}

TEST_F(AuthorizeTest, TwoContentTypesAreRefusedEvenWhereNobodyReadsTheBody) {
    content_type = {"application/json", "application/json"};
    const Decision decision = decide_with("mcp:read");
    EXPECT_EQ(decision.reason.name, "content_type_ambiguous");
    EXPECT_EQ(decision.reason.http_status, 400);
}

TEST_F(AuthorizeTest, WhatPolicyDoesNotReadMayHaveAnyOtherTypeAndCoding) {
    content_type = {"text/plain"};
    content_encoding = {"gzip"};
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass);
    content_type = {};
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass);
}

// SPEC 98
TEST_F(AuthorizeTest, ABodyWhoseHeadersAreUnacceptableIsRefusedBeforeItIsRead) {
    add_tool_rule();
    const auto token = token_with(R"({"scope":"mcp:read"})");
    content_encoding = {"gzip"};
    const Decision decision = decide({.token = &token});
    EXPECT_EQ(decision.verdict, Verdict::refuse);
    EXPECT_EQ(decision.reason.http_status, 415);
    EXPECT_EQ(refusal_body(resource, decision, request, nullptr, {}),
              R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"the request body must be )"
              R"(application/json in UTF-8, without Content-Encoding","data":{"reason":"media_type_unsupported"}}})");
}

TEST_F(AuthorizeTest, ABodyOfAnotherMethodIsRefusedWhereTheBodyDecides) {
    request.http_method = "GET";
    EXPECT_EQ(decide_with("mcp:read").verdict, Verdict::pass);
    add_tool_rule();
    for (const char* http_method : {"GET", "DELETE"}) {
        request.http_method = http_method;
        EXPECT_EQ(decide_with("mcp:read").reason.name, "body_unexpected") << http_method;
        EXPECT_EQ(decide_with("mcp:read").reason.http_status, 400) << http_method;
    }
}

TEST_F(AuthorizeTest, ABodyThatNobodyCanReadIsAnInternalError) {
    add_tool_rule();
    const auto token = token_with(R"({"scope":"mcp:read"})");
    EXPECT_EQ(decide({.token = &token, .body_error = TransportError::body_unavailable}).reason.http_status, 500);
}

// SPEC 98
TEST_F(AuthorizeTest, AResourceUriThatAParserWouldRewriteIsRefusedWhereARuleJudgesUris) {
    const std::string_view read =
        R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a/../secret"}})";
    add_tool_rule();
    EXPECT_EQ(decide_with("mcp:read", read).verdict, Verdict::pass);
    resource.policy.add(
        {.scopes = scopes({"secret"}), .operations = {.method = "resources/*", .name = "file:///secret*"}});
    const Decision decision = decide_with("mcp:read secret", read);
    EXPECT_EQ(decision.reason.name, "uri_not_normal");
    EXPECT_EQ(decision.reason.http_status, 400);
    EXPECT_EQ(decision.reason.jsonrpc_code, invalid_params);
    EXPECT_EQ(
        decide_with("mcp:read", R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a"}})")
            .verdict,
        Verdict::pass);
    EXPECT_EQ(decide_with("mcp:read", echo_call).verdict, Verdict::pass);
}

}  // namespace
}  // namespace mcp
