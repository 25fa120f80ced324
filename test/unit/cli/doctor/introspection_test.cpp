#include "cli/doctor/introspection.h"

#include <gmock/gmock.h>

#include "base/base64url.h"

namespace cli::doctor {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;
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
                                : check.verdict == Verdict::warn ? "warn "
                                                                 : "fail ") +
                    check.subject + ": " + check.finding + "\n";
        return text;
    }
};

Asked asked(int status, const std::string& body, const std::string& token = "opaque-token", bool in_body = false,
            const std::string& issuer = "https://as.example") {
    Asked result;
    result.report.hide(token);
    result.report.hide(secret);
    const IntrospectionClient client = {.endpoint = "https://as.example/introspect",
                                        .id = "gateway",
                                        .secret = base::Secret(secret),
                                        .in_body = in_body};
    const Ask ask = [&](const HttpRequest& request) {
        result.request = request;
        return HttpAnswer{.status = status, .headers = {{"content-type", "application/json"}}, .body = body};
    };
    examine_introspection(
        result.report, ask, client, token,
        {.resource = "https://mcp.example/mcp", .issuer = issuer, .scopes = {"mcp:read"}, .now = 1000});
    return result;
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
    const Asked answer = asked(200, good, "opaque-token", true);
    EXPECT_THAT(answer.request.body, HasSubstr("&client_id=gateway&client_secret=the%25secret"));
    EXPECT_THAT(answer.request.headers, testing::Each(Not(HasSubstr("Authorization"))));
}

TEST(DoctorIntrospection, NullMeansAbsentAndAnAudienceMayHoldOtherThings) {
    EXPECT_FALSE(
        asked(
            200,
            R"({"active":true,"aud":[null,"x","https://mcp.example/mcp"],"scope":null,"scp":["mcp:read"],"iss":null})")
            .report.has_failed());
}

TEST(DoctorIntrospection, ArraysOfScopesAreReadAndToldAsUnusual) {
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scope":["mcp:read"]})").said(),
                HasSubstr("warn introspection: scope: scope [\"mcp:read\"]"));
}

TEST(DoctorIntrospection, WhatTheGatewayWouldRefuseFailsByItsReason) {
    EXPECT_THAT(asked(200, R"({"active":true,"scope":"mcp:read"})").said(), HasSubstr("refused as audience_missing"));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"api","scope":"mcp:read"})").said(),
                HasSubstr("fail introspection: aud: is \"api\" and does not name \"https://mcp.example/mcp\""));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scope":"openid"})").said(),
                HasSubstr("lacks mcp:read"));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp"})").said(),
                HasSubstr("there is none: lacks mcp:read"));
    EXPECT_THAT(asked(200, R"({"active":true,"aud":"https://mcp.example/mcp","scope":7})").said(),
                HasSubstr("is no scope"));
    EXPECT_THAT(asked(200, R"({"active":true,"iss":"https://other.example"})").said(),
                HasSubstr("issuer_not_accepted"));
}

TEST(DoctorIntrospection, InactiveIsExplainedByWhatTheTokenSays) {
    const auto why = [](const std::string& claims) { return asked(200, R"({"active":false})", jwt(claims)).said(); };
    EXPECT_THAT(why(R"({"exp":990,"aud":"account"})"), HasSubstr("the token expired 10 s ago"));
    EXPECT_THAT(why(R"({"exp":2000,"iss":"https://other.example"})"),
                HasSubstr("the token is from \"https://other.example\", not from"));
    EXPECT_THAT(why(R"({"exp":2000,"iss":"https://as.example","aud":["account"]})"),
                HasSubstr("aud is [\"account\"] and does not name \"https://mcp.example/mcp\""));
    EXPECT_THAT(why(R"({"exp":2000,"aud":null})"), HasSubstr("aud is none"));
    EXPECT_THAT(why(R"({"exp":2000,"aud":["https://mcp.example/mcp","gateway"]})"), HasSubstr("was revoked"));
    EXPECT_THAT(why(R"({"exp":2000,"aud":["https://mcp.example/mcp"]})"), HasSubstr("tells \"gateway\" nothing"));
    EXPECT_THAT(asked(200, R"({"active":false})").said(), HasSubstr("tells \"gateway\" nothing"));
}

TEST(DoctorIntrospection, KeycloaksAudienceCheckIsToldWithWhatToDo) {
    const std::string token =
        jwt(R"({"iss":"https://as.example/realms/mcp","aud":["account","https://mcp.example/mcp"]})");
    EXPECT_THAT(asked(200, R"({"active":false})", token, false, "https://as.example/realms/mcp").said(),
                testing::AllOf(HasSubstr("does not name \"gateway\", and Keycloak from 26.6.2"),
                               HasSubstr("allow.token.introspection.without.audience.check")));
}

TEST(DoctorIntrospection, ErrorsAboutTheClientAreToldFromThoseAboutTheToken) {
    EXPECT_THAT(asked(401, R"({"error":"invalid_client"})").said(),
                HasSubstr("it does not accept \"gateway\" and this secret"));
    EXPECT_THAT(asked(401, R"({"active":false})").said(), HasSubstr("fail introspection: active"));
    EXPECT_THAT(asked(400, R"({"error":"unsupported_token_type"})").said(), HasSubstr("introspects no JWTs"));
    EXPECT_THAT(asked(403, "").said(), HasSubstr("the secret is not that of \"gateway\", or it may not introspect"));
    EXPECT_THAT(asked(404, "<html>").said(), HasSubstr("status 404 instead of 200"));
    EXPECT_THAT(asked(200, "[]").said(), HasSubstr("is this the right URL?"));
    EXPECT_THAT(asked(200, R"({"active":"true"})").said(), HasSubstr("is this the right URL?"));
}

TEST(DoctorIntrospection, WithoutATokenTheClientAloneIsTried) {
    EXPECT_THAT(asked(200, R"({"active":false})", "").said(), HasSubstr("pass introspection: worthless token"));
    EXPECT_THAT(asked(401, R"({"active":false})", "").said(), HasSubstr("pass introspection: active"));
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

}  // namespace
}  // namespace cli::doctor
