#include "authority/introspection.h"

#include <gtest/gtest.h>

#include <string>

#include "base/sha256.h"
#include "support/asked.h"
#include "support/nginx.h"
#include "support/outcome.h"

namespace authority {
namespace {

using oauth::Error;
using support::asked;
using support::outcome;

constexpr std::string_view token = "opaque-token-0123456789";
constexpr std::string_view secret = "a-secret-of-nginx";

class IntrospectionTest : public testing::Test {
protected:
    IntrospectionTest() {
        rules.accepted_audiences = {"https://mcp.example.com/mcp"};
        rules.allow_missing_expiration = true;
    }

    Introspection::Terms terms() const {
        Introspection::Terms result{.query = {}, .keep_for = {}, .rules = &rules};
        result.query.key = base::must_sha256_of({token});
        result.query.endpoint = HttpEndpoint{.url = "https://as.example/introspect", .trusted = nullptr};
        result.query.client = &client;
        result.query.max_answer_bytes = 65536;
        result.query.time_limit = std::chrono::seconds(5);
        return result;
    }
    Introspection question() { return {request.get(), questions, tokens}; }
    // What becomes of a token that gets this answer.
    std::string_view result_of(const Answer& answer) {
        Introspection introspection = question();
        if (introspection.start(token, terms()) != Progress::waiting) return "it did not ask";
        asked().front().receiver->settle(answer);
        if (introspection.proceed() != Progress::ready) return "it waits";
        is_about_token = introspection.is_about_token();
        was_answered = introspection.was_answered();
        fault = introspection.fault();
        explanation = introspection.explanation();
        return outcome(introspection.verdict());
    }

    support::Nginx nginx;
    support::FakeRequest request{nginx};
    Questions questions;
    oauth::TokenCache tokens;
    oauth::ClaimsRules rules;
    oauth::ClientCredentials client = oauth::ClientCredentials::basic("gateway", secret);
    bool is_about_token = false;
    bool was_answered = false;
    std::optional<Fault> fault;
    std::string explanation;
};

Answer said(std::string_view members) {
    return {.status = 200, .body = "{" + std::string(members) + "}"};
}

TEST_F(IntrospectionTest, OnlyAnActiveTokenForThisAudiencePasses) {
    EXPECT_EQ(result_of(said(R"("active":true,"sub":"alice","aud":"https://mcp.example.com/mcp")")), "ok");
    EXPECT_TRUE(is_about_token);
    EXPECT_FALSE(fault);
    EXPECT_EQ(result_of(said(R"("active":false)")), "token_inactive");
    EXPECT_EQ(result_of(said(R"("active":true,"aud":"https://other.example.com")")), "audience_not_accepted");
    EXPECT_EQ(result_of(said(R"("active":true)")), "audience_missing");
    EXPECT_TRUE(is_about_token);
    EXPECT_FALSE(fault) << "it answered as RFC 7662 has it";
}

TEST_F(IntrospectionTest, WhatIsNoAnswerLetsNobodyPass) {
    for (const std::string_view body :
         {"", "{}", "[]", "null", "true", "<html>", R"({"active":"true"})", R"({"active":1})", R"({"active":null})",
          R"({"active":true,"active":false})", R"({"active":true)", R"({"active":true} {"active":true})"}) {
        EXPECT_NE(result_of({.status = 200, .body = std::string(body)}), "ok") << body;
        EXPECT_FALSE(is_about_token) << body << ": nobody said that the token is bad";
        ASSERT_TRUE(fault) << body;
        EXPECT_TRUE(fault->detail.starts_with(R"("https://as.example/introspect" gave status 200)")) << fault->detail;
    }
    for (const int status : {201, 204, 302, 400, 401, 403, 404, 429, 500, 503})
        EXPECT_NE(result_of({.status = status, .body = R"({"active":true,"aud":"https://mcp.example.com/mcp"})"}), "ok")
            << status;
}

// Whoever guesses tokens must not get past a limit by what makes the server answer in another way.
TEST_F(IntrospectionTest, AnAnswerThatIsOfNoUseIsOneUnlessAnyTokenWouldGetIt) {
    for (const int status : {200, 204, 302, 400, 403, 404, 418}) {
        result_of({.status = status, .body = "nonsense"});
        EXPECT_TRUE(was_answered) << status;
    }
    for (const Error error : {Error::document_too_large, Error::answer_compressed}) {
        result_of({.error = error});
        EXPECT_TRUE(was_answered) << oauth::describe(error).name;
    }
    for (const int status : {401, 429, 500, 502, 503}) {
        result_of({.status = status, .body = "nonsense"});
        EXPECT_FALSE(was_answered) << status << ": it failed, asks for patience, or does not know us";
    }
    for (const Error error : {Error::server_unreachable, Error::server_not_asked, Error::server_requests_limited}) {
        result_of({.error = error});
        EXPECT_FALSE(was_answered) << oauth::describe(error).name;
    }
}

TEST_F(IntrospectionTest, WhatAServerRepeatsOfWhatItWasSentIsNotTold) {
    for (const std::string_view repeated : {token, secret}) {
        const std::string text(repeated);
        result_of({.status = 400, .body = R"({"error":"invalid_request","error_description":"bad )" + text + "\"}"});
        ASSERT_TRUE(fault);
        EXPECT_FALSE(fault->detail.contains(text)) << fault->detail;
        result_of(said(R"("active":true,"aud":")" + text + '"'));
        EXPECT_EQ(explanation, "the answer repeats what was sent to the server");
    }
}

TEST_F(IntrospectionTest, AServerThatAsksForPatienceIsTakenAtItsWord) {
    EXPECT_EQ(result_of({.status = 503, .retry_after = "17"}), "server_failed");
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->retry_after, std::chrono::seconds(17));
}

TEST_F(IntrospectionTest, TheFormIsThatOfRfc7662) {
    Introspection introspection = question();
    introspection.start(token, terms());
    EXPECT_EQ(asked().front().form, "token=opaque-token-0123456789&token_type_hint=access_token");
    EXPECT_TRUE(asked().front().authorization.starts_with("Basic "));
}

}  // namespace
}  // namespace authority
