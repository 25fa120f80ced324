#include "cli/doctor/introspection.h"

#include <gmock/gmock.h>

#include "base/base64url.h"

namespace cli::doctor {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view secret = "the%secret";

std::string jwt(const std::string& claims) {
    return base::base64url::encode(R"({"alg":"RS256"})") + "." + base::base64url::encode(claims) + ".c2ln";
}

// What doctor says of one answer to a question about one token.
struct Asked {
    Report report;
    HttpRequest request;

    std::string said() const {
        std::string text;
        for (const Check& check : report.checks)
            text += std::string(check.verdict == Verdict::pass   ? "pass "
                                : check.verdict == Verdict::note ? "note "
                                : check.verdict == Verdict::warn ? "warn "
                                                                 : "fail ") +
                    check.subject + ": " + check.finding + "\n" +
                    (check.remedy.empty() ? "" : "do this: " + check.remedy + "\n");
        return text;
    }
};

Asked asked_of(const HttpAnswer& answer, const std::string& token = "opaque-token",
               const std::string& issuer = "https://as.example", bool in_body = false) {
    Asked result;
    result.report.hide(token);
    result.report.hide(secret);
    const IntrospectionClient client("https://as.example/introspect",
                                     in_body ? oauth::ClientCredentials::post("gateway", secret)
                                             : oauth::ClientCredentials::basic("gateway", secret));
    const Ask ask = [&](const HttpRequest& request) {
        result.request = request;
        return answer;
    };
    examine_introspection(
        result.report, ask, client, token,
        {.resources = {"https://mcp.example/mcp"}, .issuer = issuer, .scopes = {"mcp:read"}, .now = 1000});
    return result;
}

Asked asked(int status, const std::string& body, const std::string& token = "opaque-token") {
    return asked_of({.status = status, .headers = {{"content-type", "application/json"}}, .body = body}, token);
}

constexpr auto good =
    R"({"active":true,"aud":"https://mcp.example/mcp","scope":"mcp:read","iss":"https://as.example"})";

TEST(DoctorIntrospection, AGoodAnswerPasses) {
    const Asked answer = asked(200, good);
    EXPECT_FALSE(answer.report.has_failed()) << answer.said();
    EXPECT_THAT(answer.said(), Not(HasSubstr("warn")));
    EXPECT_THAT(answer.request.body, HasSubstr("token=opaque-token"));
    EXPECT_THAT(answer.request.headers, testing::Contains("Authorization: Basic Z2F0ZXdheTp0aGUlMjVzZWNyZXQ="));
}

TEST(DoctorIntrospection, TheSecretCanGoIntoTheBody) {
    const Asked answer =
        asked_of({.status = 200, .headers = {}, .body = good}, "opaque-token", "https://as.example", true);
    EXPECT_THAT(answer.request.body, HasSubstr("&client_id=gateway&client_secret=the%25secret"));
    EXPECT_THAT(answer.request.headers, testing::Each(Not(HasSubstr("Authorization"))));
}

TEST(DoctorIntrospection, NullMeansAbsentAndNullMayStandAmongNames) {
    EXPECT_FALSE(
        asked(
            200,
            R"({"active":true,"aud":[null,"x","https://mcp.example/mcp"],"scope":null,"scp":["mcp:read"],"iss":null})")
            .report.has_failed());
}

TEST(DoctorIntrospection, ArraysOfScopesAreReadAndToldAsUnusual) {
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scope":["mcp:read"]})").said(),
                HasSubstr("note introspection: scope: scope [\"mcp:read\"]"));
}

TEST(DoctorIntrospection, WhatTheGatewayWouldRefuseFailsByItsReason) {
    EXPECT_THAT(asked(200, R"({"active":true,"scope":"mcp:read"})").said(), HasSubstr("refused as audience_missing"));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"api","scope":"mcp:read"})").said(),
                ContainsRegex("fail introspection: aud: refused as audience_not_accepted, .*aud is \"api\", "
                              "accepted is \"https://mcp.example/mcp\""));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scope":"openid"})").said(),
                HasSubstr("lacks mcp:read"));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp"})").said(),
                HasSubstr("there is none: lacks mcp:read"));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scp":7})").said(),
                HasSubstr("scp is 7, and must be a string or an array of strings"));
    EXPECT_THAT(asked(200, R"({"active":true,"iss":"https://other.example"})").said(),
                HasSubstr("issuer_not_accepted"));
    EXPECT_THAT(asked(200, R"({"active":true,"exp":990})").said(),
                HasSubstr("fail introspection: times: refused as expired"));
    EXPECT_THAT(asked(200, R"({"active":true,"nbf":"x"})").said(), HasSubstr("refused as answer_claim_invalid"));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":["x",5,"https://mcp.example/mcp"]})").said(),
                HasSubstr("fail introspection: answer: refused as answer_claim_invalid"));
    EXPECT_THAT(
        asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scope":"mcp:read","cnf":{"jkt":"x"}})").said(),
        HasSubstr("fail introspection: cnf: refused as token_sender_constrained"));
}

TEST(DoctorIntrospection, WhatTheGatewayReadsPastIsNoFailure) {
    EXPECT_FALSE(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scope":"mcp:read",)"
                            R"("exp":2000,"userid":123456789012345678901234567890})")
                     .report.has_failed());
}

TEST(DoctorIntrospection, ALargeNumberInATokenHidesNoReason) {
    EXPECT_THAT(asked(200, R"({"active":false})", jwt(R"({"n":123456789012345678901234567890,"exp":990})")).said(),
                HasSubstr("10 s ago"));
}

TEST(DoctorIntrospection, InactiveIsExplainedByWhatTheTokenSays) {
    const auto why = [](const std::string& claims) { return asked(200, R"({"active":false})", jwt(claims)).said(); };
    EXPECT_THAT(why(R"({"exp":990,"aud":"account"})"), HasSubstr("the token has expired: exp is 990, 10 s ago"));
    EXPECT_THAT(why(R"({"exp":2000,"iss":"https://other.example"})"),
                HasSubstr("iss is \"https://other.example\", accepted is \"https://as.example\""));
    EXPECT_THAT(why(R"({"exp":2000,"iss":"https://as.example","aud":["account"]})"),
                HasSubstr("aud is [\"account\"], accepted is \"https://mcp.example/mcp\""));
    EXPECT_THAT(why(R"({"exp":2000,"aud":null})"), HasSubstr("aud is missing"));
    EXPECT_THAT(why(R"({"exp":2000,"aud":["https://mcp.example/mcp","gateway"]})"), HasSubstr("was revoked"));
    EXPECT_THAT(why(R"({"exp":2000,"aud":["https://mcp.example/mcp"]})"), HasSubstr("tells \"gateway\" nothing"));
    EXPECT_THAT(asked(200, R"({"active":false})").said(), HasSubstr("tells \"gateway\" nothing"));
}

TEST(DoctorIntrospection, KeycloaksAudienceCheckIsToldWithWhatToDo) {
    const std::string token =
        jwt(R"({"iss":"https://as.example/realms/mcp","aud":["account","https://mcp.example/mcp"]})");
    EXPECT_THAT(
        asked_of({.status = 200, .headers = {}, .body = R"({"active":false})"}, token, "https://as.example/realms/mcp")
            .said(),
        testing::AllOf(HasSubstr("does not name \"gateway\", and Keycloak 26.6.2 and later"),
                       HasSubstr("do this: introspect as a client whose id is the resource URI"),
                       HasSubstr("allow.token.introspection.without.audience.check")));
}

TEST(DoctorIntrospection, ErrorsAboutTheClientAreToldFromThoseAboutTheToken) {
    EXPECT_THAT(asked(401, R"({"error":"invalid_client"})").said(),
                HasSubstr("it does not accept \"gateway\" and this secret"));
    EXPECT_THAT(asked(401, R"({"active":false})").said(), HasSubstr("fail introspection: active"));
    EXPECT_THAT(asked(400, R"({"error":"unsupported_token_type"})").said(), HasSubstr("does not introspect JWTs"));
    EXPECT_THAT(asked(401, R"({"error":"unsupported_token_type"})").said(), HasSubstr("fail introspection: client"));
    EXPECT_THAT(asked(400, R"({"active":false,"error":"invalid_request"})").said(),
                HasSubstr("fail introspection: answer"));
    EXPECT_THAT(asked(403, "").said(), HasSubstr("the secret is not that of \"gateway\", or it may not introspect"));
    EXPECT_THAT(asked(404, "<html>").said(), HasSubstr("status 404: refused as server_status_unexpected"));
    EXPECT_THAT(asked(200, "[]").said(), HasSubstr("is this the right URL?"));
    EXPECT_THAT(asked(200, R"({"active":"true"})").said(), HasSubstr("is this the right URL?"));
}

TEST(DoctorIntrospection, TheChallengeSaysWhetherTheTokenOrTheClientIsMeant) {
    const auto said = [](const std::string& challenge, const std::string& body = "") {
        return asked_of({.status = 401, .headers = {{"www-authenticate", challenge}}, .body = body}).said();
    };
    EXPECT_THAT(said(R"(Bearer error="invalid_token")"), HasSubstr("fail introspection: active: status 401"));
    EXPECT_THAT(said("Basic realm=\"as\"", R"({"active":false})"), HasSubstr("it does not accept \"gateway\""));
}

TEST(DoctorIntrospection, WithoutATokenTheClientAloneIsTried) {
    EXPECT_THAT(asked(200, R"({"active":false})", "").said(), HasSubstr("pass introspection: invalid token"));
    EXPECT_THAT(asked(401, R"({"active":false})", "").said(), HasSubstr("pass introspection: invalid token"));
    EXPECT_THAT(asked(200, good, "").said(), HasSubstr("this server accepts anything"));
}

TEST(DoctorIntrospection, NeitherTokenNorSecretIsShown) {
    for (const int status : {200, 400, 401, 403, 500}) {
        const Asked answer =
            asked(status, R"({"active":true,"aud":"opaque-token","scope":"opaque-token","iss":"the%secret",)"
                          R"("error":"opaque-token","error_description":"opaque-token the%secret"})");
        EXPECT_THAT(answer.report.table() + answer.report.json(), Not(HasSubstr("opaque-token")));
        EXPECT_THAT(answer.report.table() + answer.report.json(), Not(HasSubstr("the%secret")));
    }
}

TEST(DoctorIntrospection, WhateverIsNotGoodSaysWhatToDo) {
    for (const int status : {200, 400, 401, 403, 404, 500})
        for (const std::string body :
             {R"({"active":false})", R"({"active":true})", R"({"active":true,"aud":"api","iss":"x","cnf":{"jkt":"x"}})",
              R"({"active":true,"aud":5})", R"({"error":"unsupported_token_type"})", "<html>", ""})
            for (const Check& check : asked(status, body).report.checks)
                EXPECT_EQ(check.remedy.empty(), check.verdict < Verdict::warn)
                    << check.subject << ": " << check.finding;
}

TEST(DoctorIntrospection, AnAssertionNeedsTheNameOfTheServer) {
    auto key = oauth::jwt::SigningKey::generate(oauth::jwt::Algorithm::ES256);
    ASSERT_TRUE(key);
    const std::string issuer = "https://as.example";
    const IntrospectionClient client(
        "https://as.example/introspect",
        oauth::ClientCredentials::assertion("gateway", std::make_shared<const oauth::jwt::SigningKey>(*std::move(key)),
                                            issuer));
    const HttpRequest request = client.request("opaque-token", "", 1000);
    EXPECT_THAT(request.body, HasSubstr("&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"));
    EXPECT_THAT(request.headers, testing::Each(Not(HasSubstr("Authorization"))));
}

}  // namespace
}  // namespace cli::doctor
