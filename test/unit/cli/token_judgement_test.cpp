#include "cli/token_judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64url.h"
#include "oauth/jwt/signing_key.h"
#include "support/token_minter.h"

namespace cli {
namespace {

using oauth::jwt::Algorithm;
using oauth::jwt::SigningKey;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr oauth::NumericDate now = 1'700'000'000;

class TokenJudgement : public testing::Test {
protected:
    TokenJudgement() {
        expected.keys = &set;
        expected.rules.claims.accepted_issuers = {"https://as.example.com"};
        expected.rules.claims.accepted_audiences = {"https://mcp.example.com/mcp"};
        expected.rules.claims.bearer_only = true;
        expected.scopes = {"mcp:read"};
    }
    TokenReport judge(std::string_view claims, std::string_view type = "at+jwt") const {
        return judge_token(*key.sign(claims, type), expected, now);
    }

    SigningKey key = *SigningKey::generate(Algorithm::ES256);
    oauth::jwt::JwkSet set = support::read_jwks({key.public_jwk()});
    TokenExpectations expected;
};

constexpr std::string_view good =
    R"({"iss":"https://as.example.com","aud":["x","https://mcp.example.com/mcp"],"exp":1700000100,"scope":"mcp:read"})";

TEST_F(TokenJudgement, HasNothingToSayOfAGoodToken) {
    const TokenReport report = judge(good);
    EXPECT_THAT(report.reasons, IsEmpty());
    EXPECT_THAT(report.unchecked, IsEmpty());
    EXPECT_THAT(report.header, ElementsAre(R"(alg: "ES256")", StartsWith("kid: "), R"(typ: "at+jwt")"));
    EXPECT_THAT(report.claims, Contains("exp: 1700000100 (2023-11-14T22:15:00Z, in 100 s)"));
}

TEST_F(TokenJudgement, TellsEveryReason) {
    const TokenReport report = judge(
        R"({"iss":"https://other","aud":"https://else","exp":1699999000,"nbf":99999999999,"cnf":{},"scope":"mcp:write"})",
        "dpop+jwt");
    EXPECT_THAT(report.reasons,
                ElementsAre(StartsWith("type_not_accepted: "), StartsWith("expired: "), StartsWith("not_yet_valid: "),
                            AllOf(StartsWith("issuer_not_accepted: "), HasSubstr(R"(iss is "https://other")")),
                            AllOf(StartsWith("audience_not_accepted: "), HasSubstr(R"(aud is "https://else")"),
                                  HasSubstr(R"(accepted is "https://mcp.example.com/mcp")")),
                            StartsWith("token_sender_constrained: "), StartsWith("scope_insufficient: ")));
}

TEST_F(TokenJudgement, GoesOnAfterATimeThatIsNone) {
    EXPECT_THAT(judge(R"({"exp":"soon","nbf":"x"})").reasons,
                ElementsAre(StartsWith("time_claim_invalid: "), StartsWith("issuer_missing: "),
                            StartsWith("audience_missing: "), StartsWith("scope_insufficient: ")));
}

TEST_F(TokenJudgement, LooksAtClaimsThoughTheSignatureIsBad) {
    const SigningKey another = *SigningKey::generate(Algorithm::ES256);
    EXPECT_THAT(judge_token(*another.sign(R"({"exp":1})", "JWT"), expected, now).reasons,
                Contains(StartsWith("key_not_found: ")));
    const std::string other = *key.sign("{}", "JWT");
    std::string changed = *key.sign(good, "JWT");
    changed.replace(changed.rfind('.'), std::string::npos, other, other.rfind('.'), std::string::npos);
    EXPECT_THAT(judge_token(changed, expected, now).reasons, ElementsAre(StartsWith("signature_invalid: ")));
}

TEST_F(TokenJudgement, NamesWhatItCouldNotCheck) {
    EXPECT_THAT(judge_token(*key.sign(good, "JWT"), {}, now).unchecked,
                ElementsAre(HasSubstr("--jwks"), HasSubstr("--issuer"), HasSubstr("--resource")));
    expected.include_folder = "/etc/mcp/include.d";
    EXPECT_THAT(judge(good).unchecked, ElementsAre("directives in /etc/mcp/include.d: nginx may require more"));
}

TEST_F(TokenJudgement, SurvivesWhatIsNoToken) {
    const auto jws = [](std::string header, std::string_view payload) {
        return header.append(".").append(payload).append(".AA");
    };
    const std::string not_json = base::base64url::encode("nonsense");
    const std::string object = base::base64url::encode("{}");
    for (const auto& [token, reason] : std::initializer_list<std::pair<std::string, std::string>>{
             {"", "token_not_compact_jws"},
             {"opaque", "token_not_compact_jws"},
             {"a.b.c.d.e", "token_encrypted"},
             {"!.!.!", "token_not_base64url"},
             {jws(not_json, object), "header_not_json_object"},
             {jws(object, not_json), "payload_not_json_object"},
             {jws(object, "Zm9v!"), "token_not_base64url"},
             {jws(object, base::base64url::encode(R"({"exp":1,"exp":2})")), "token_duplicate_member"},
             {std::string(100'000, '.'), "token_not_compact_jws"},
         })
        EXPECT_THAT(judge_token(token, expected, now).reasons, ElementsAre(StartsWith(reason + ": "))) << token;
}

TEST_F(TokenJudgement, NothingIsSaidTwice) {
    EXPECT_THAT(
        judge_token("opaque", expected, now).reasons,
        ElementsAre(
            "token_not_compact_jws: the token does not have three parts: it has no dot: probably an opaque token, "
            "which needs introspection"));
    EXPECT_THAT(judge_token("a.b", expected, now).reasons,
                ElementsAre("token_not_compact_jws: the token does not have three parts: it has 2"));
    EXPECT_THAT(judge_token("a.b.c.d.e", expected, now).remedies, ElementsAre(HasSubstr("issue signed tokens")));
}

TEST_F(TokenJudgement, AMissingScopeIsToldByTheClaimThatIsThere) {
    const auto scopes = [&](const std::string& claim) {
        return judge(R"({"iss":"https://as.example.com","aud":"https://mcp.example.com/mcp","exp":1700000100,)" +
                     claim + "}")
            .reasons;
    };
    EXPECT_THAT(scopes(R"("scp":["a"])"), ElementsAre(HasSubstr(R"(is missing (scp is ["a"])")));
    EXPECT_THAT(scopes(R"("scope":7)"), ElementsAre(HasSubstr("scope is 7, and must be a string")));
    EXPECT_THAT(scopes(R"("x":1)"), ElementsAre(HasSubstr("there is no scope")));
    EXPECT_THAT(scopes(R"("scp":"mcp:read")"), IsEmpty());
}

TEST_F(TokenJudgement, AlgNoneIsTold) {
    const std::string token =
        base::base64url::encode(R"({"alg":"none"})") + "." + base::base64url::encode(good) + ".AA";
    EXPECT_THAT(judge_token(token, expected, now).reasons,
                ElementsAre(AllOf(StartsWith("algorithm_unsupported: "), HasSubstr(R"(alg is "none")"))));
}

TEST_F(TokenJudgement, AScopeMayComeWithOneThatImpliesIt) {
    expected.scopes = {"mcp:list"};
    EXPECT_THAT(judge(good).reasons, ElementsAre(StartsWith("scope_insufficient: ")));
    expected.implied_scopes = {{.broad = "mcp:read", .narrow = {"mcp:some"}},
                               {.broad = "mcp:some", .narrow = {"mcp:list"}}};
    EXPECT_THAT(judge(good).reasons, IsEmpty());
}

TEST_F(TokenJudgement, OperationsThatNeedMoreScopesAreListedAndRefuseNothing) {
    expected.operation_scopes = {
        {.selector = "tool", .pattern = "echo", .scopes = {"mcp:echo"}},
        {.selector = "method", .pattern = "tools/*", .scopes = {"mcp:read"}},
        {.selector = "prompt", .pattern = "a", .scopes = {"mcp:read", "mcp:ask"}},
        {.selector = "resource", .pattern = "file:///*", .scopes = {"mcp:some"}},
    };
    expected.implied_scopes = {{.broad = "mcp:read", .narrow = {"mcp:some"}}};
    const TokenReport report = judge(good);
    EXPECT_THAT(report.reasons, IsEmpty());
    EXPECT_THAT(report.operations, ElementsAre(R"(tool "echo" needs mcp:echo (the token lacks it))",
                                               R"(method "tools/*" needs mcp:read (the token has it))",
                                               R"(prompt "a" needs mcp:read mcp:ask (the token lacks mcp:ask))",
                                               R"(resource "file:///*" needs mcp:some (the token has it))"));
    EXPECT_THAT(report.closed_operations, ElementsAre(R"(tool "echo")", R"(prompt "a")"));
}

TEST_F(TokenJudgement, AlgorithmsAndTypesAreThoseOfTheServer) {
    expected.rules.allowed_algorithms = {Algorithm::RS256};
    EXPECT_EQ(judge(good).reasons.size(), 1U);
    expected.rules.allowed_algorithms = {Algorithm::ES256};
    expected.rules.type = oauth::jwt::TypeRule::access_token_only;
    EXPECT_THAT(judge(good, "JWT").reasons, ElementsAre(StartsWith("type_not_accepted: ")));
    EXPECT_THAT(judge(good).reasons, IsEmpty());
}

TEST_F(TokenJudgement, TellsEveryReasonOfAnAnswer) {
    const auto reasons = [&](std::string_view body) {
        return judge_answer(*oauth::introspection::Response::parse(body), expected, now).reasons;
    };
    expected.rules.claims.allow_missing_issuer = expected.rules.claims.allow_missing_expiration = true;
    EXPECT_THAT(reasons(R"({"active":true,"aud":"https://mcp.example.com/mcp","scope":"mcp:read"})"), IsEmpty());
    EXPECT_THAT(reasons(R"({"active":true,"exp":1,"nbf":99999999999,"iss":"x","cnf":{"jkt":"y"}})"),
                ElementsAre(StartsWith("expired: "), StartsWith("not_yet_valid: "), StartsWith("issuer_not_accepted: "),
                            StartsWith("audience_missing: "), StartsWith("token_sender_constrained: "),
                            StartsWith("scope_insufficient: ")));
    EXPECT_THAT(reasons(R"({"active":true,"exp":"soon"})"), ElementsAre(StartsWith("answer_claim_invalid: ")));
}

}  // namespace
}  // namespace cli
