#include "oauth/introspection/response.h"

#include <gtest/gtest.h>

#include <expected>
#include <memory>
#include <string>

#include "support/outcome.h"

namespace oauth::introspection {
namespace {

using support::outcome;

constexpr NumericDate now = 1'700'000'000;

ClaimsRules rules() {
    ClaimsRules rules;
    rules.allow_missing_expiration = true;
    return rules;
}

using Checked = std::expected<std::shared_ptr<const VerifiedToken>, Error>;

// As whoever got it: parsed, and checked.
Checked check(std::string_view body, const ClaimsRules& rules, NumericDate time) {
    const auto response = Response::parse(body);
    return response ? response->check(rules, time) : Checked(std::unexpected(response.error()));
}

std::string_view read(std::string_view body) {
    return outcome(check(body, rules(), now));
}

std::string_view read_with(std::string_view members) {
    static std::string body;
    body = R"({"active":true,)" + std::string(members) + "}";
    return read(body);
}

// SPEC 85
TEST(IntrospectionResponseTest, OnlyTheBooleanTrueIsActive) {
    EXPECT_EQ(read(R"({"active":true})"), "ok");
    EXPECT_EQ(read(R"({"active":false})"), "token_inactive");
    for (const char* active : {R"("true")", "1", "1.0", "null", "[]", "[true]", "{}", R"("")", "0", R"("false")"})
        EXPECT_EQ(read(R"({"active":)" + std::string(active) + "}"), "answer_without_active") << active;
}

TEST(IntrospectionResponseTest, AnAnswerWithoutActiveIsNonsense) {
    EXPECT_EQ(read("{}"), "answer_without_active");
    EXPECT_EQ(read(R"({"Active":true})"), "answer_without_active");
    EXPECT_EQ(read(R"({"token":{"active":true}})"), "answer_without_active");
    for (const char* body : {"[]", "true", "null", "1", R"([{"active":true}])"})
        EXPECT_EQ(read(body), "answer_without_active") << body;
}

TEST(IntrospectionResponseTest, WhatIsNotJsonIsNotAnAnswer) {
    for (const char* body : {"", " ", "<html>active</html>", R"({"active":true)", R"({"active":true}x)",
                             R"({'active':true})", R"({"active":true,})", R"({"active":true,"sub":"\xff"})"})
        EXPECT_EQ(read(body), "document_not_json") << body;
    EXPECT_EQ(read("{\"active\":true,\"sub\":\"\xff\"}"), "document_not_utf8");
}

TEST(IntrospectionResponseTest, ANumberBeyondSixtyFourBitsPassesWhereNobodyLooks) {
    EXPECT_EQ(read_with(R"("ext":18446744073709551616,"more":{"x":[1e400]})"), "ok");
    EXPECT_EQ(read_with(R"("iss":18446744073709551616)"), "ok") << "where no issuer is compared";
    for (const char* name : {"exp", "nbf", "iat", "client_id", "username", "aud", "scope"})
        EXPECT_EQ(read_with("\"" + std::string(name) + "\":18446744073709551616"), "answer_claim_invalid") << name;
}

TEST(IntrospectionResponseTest, AnAnswerCutAnywhereIsNotActive) {
    const std::string whole = R"({"active":true,"sub":"alice","exp":1800000000,"aud":["a","b"]})";
    ASSERT_EQ(read(whole), "ok");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_NE(read(whole.substr(0, size)), "ok") << size;
}

TEST(IntrospectionResponseTest, DuplicateMembersAreRefused) {
    EXPECT_EQ(read(R"({"active":false,"active":true})"), "document_duplicate_member");
    EXPECT_EQ(read(R"({"active":true,"ext":{"a":1,"a":2}})"), "document_duplicate_member");
}

TEST(IntrospectionResponseTest, AnAnswerOver64KilobytesIsRefused) {
    const auto padded = [](std::size_t size) {
        std::string body = R"({"active":true,"x":")";
        body.resize(size - 2, 'a');
        return body + "\"}";
    };
    EXPECT_EQ(read(padded(64 * 1024)), "ok");
    EXPECT_EQ(read(padded(64 * 1024 + 1)), "document_too_large");
}

// SPEC 86
TEST(IntrospectionResponseTest, ExpEqualToNowIsExpired) {
    EXPECT_EQ(read_with(R"("exp":1700000001)"), "ok");
    EXPECT_EQ(read_with(R"("exp":1700000000)"), "expired");
    EXPECT_EQ(read_with(R"("exp":1)"), "expired");
}

TEST(IntrospectionResponseTest, TheSameBodyExpiresAsTimeGoesBy) {
    const char* body = R"({"active":true,"exp":1700000010})";
    const auto response = Response::parse(body);
    ASSERT_EQ(outcome(response), "ok");
    EXPECT_EQ(outcome(response->check(rules(), now + 9)), "ok");
    EXPECT_EQ(outcome(response->check(rules(), now + 10)), "expired");
    EXPECT_EQ(outcome(response->check(rules(), now + 9)), "ok");
}

TEST(IntrospectionResponseTest, NbfInTheFutureIsNotYetValid) {
    EXPECT_EQ(read_with(R"("nbf":1700000000)"), "ok");
    EXPECT_EQ(read_with(R"("nbf":1700000001)"), "not_yet_valid");
}

TEST(IntrospectionResponseTest, TimesThatAreNoNumbersAreNonsense) {
    for (const char* exp : {R"("1800000000")", "1e400", "true", "-1", "[]", "1e300"})
        EXPECT_EQ(read_with(R"("exp":)" + std::string(exp)), "answer_claim_invalid") << exp;
    EXPECT_EQ(read_with(R"("nbf":"now")"), "answer_claim_invalid");
    EXPECT_EQ(read_with(R"("iat":"now")"), "answer_claim_invalid");
}

TEST(IntrospectionResponseTest, AMissingExpIsForTheRulesToAllow) {
    EXPECT_EQ(outcome(check(R"({"active":true})", ClaimsRules{}, now)), "expiration_missing");
}

TEST(IntrospectionResponseTest, ClaimsOfTheWrongTypeAreNonsense) {
    for (const char* member :
         {R"("aud":1)", R"("aud":[1])", R"("aud":["a",1])", R"("aud":{"a":1})", R"("aud":true)", R"("scope":["a",1])",
          R"("scope":1)", R"("sub":1.5)", R"("sub":["a"])", R"("client_id":[])", R"("client_id":true)",
          R"("aud":[null,1])", R"("username":false)", R"("token_type":1)", R"("jti":{})"})
        EXPECT_EQ(read_with(member), "answer_claim_invalid") << member;
}

// Of a member that nobody needs it does not matter what it is, as in a JWT.
TEST(IntrospectionResponseTest, AnIssuerOfTheWrongTypeIsNonsenseWhereItIsCompared) {
    ClaimsRules strict = rules();
    strict.accepted_issuers = {"https://as", "5"};
    for (const std::string_view iss : {"5", "5.0", "true", "{}", "[]", R"(["https://as"])"}) {
        const std::string body = R"({"active":true,"iss":)" + std::string(iss) + "}";
        EXPECT_EQ(outcome(check(body, strict, now)), "answer_claim_invalid") << body;
        EXPECT_EQ(outcome(check(body, rules(), now)), "ok") << body;
    }
    EXPECT_EQ(outcome(check(R"({"active":true,"iss":"5"})", strict, now)), "ok");
    EXPECT_EQ(outcome(check(R"({"active":true,"iss":""})", strict, now)), "issuer_not_accepted");
}

TEST(IntrospectionResponseTest, ScopesMayBeAnArrayOfStrings) {
    EXPECT_EQ(read_with(R"("scope":["a","b"])"), "ok");
    EXPECT_EQ(read_with(R"("scope":[])"), "ok");
}

TEST(IntrospectionResponseTest, UsersAndClientsMayBeNumbered) {
    EXPECT_EQ(read_with(R"("sub":4711,"username":4711,"client_id":12,"jti":99)"), "ok");
}

TEST(IntrospectionResponseTest, ANullBesideAudiencesNamesNobody) {
    ClaimsRules strict = rules();
    strict.accepted_audiences = {"https://rs"};
    const auto with = [&](std::string_view aud) {
        return outcome(check(R"({"active":true,"aud":)" + std::string(aud) + "}", strict, now));
    };
    EXPECT_EQ(with(R"([null,"https://rs"])"), "ok");
    EXPECT_EQ(with(R"(["https://rs",null])"), "ok");
    EXPECT_EQ(with(R"([null,"https://other"])"), "audience_not_accepted");
    EXPECT_EQ(with("[null]"), "audience_not_accepted");
    EXPECT_EQ(with("null"), "audience_missing");
}

TEST(IntrospectionResponseTest, ANullClaimIsAbsent) {
    EXPECT_EQ(read_with(R"("aud":null,"scope":null,"sub":null,"client_id":null,"jti":null,"token_type":null)"), "ok");
    EXPECT_EQ(read_with(R"("exp":null,"nbf":null,"iat":null,"iss":null,"cnf":null)"), "ok");
}

TEST(IntrospectionResponseTest, IssuerAndAudienceAreStillChecked) {
    ClaimsRules strict = rules();
    strict.accepted_issuers = {"https://as"};
    strict.accepted_audiences = {"https://rs"};
    const auto with = [&](const char* body) { return outcome(check(body, strict, now)); };
    EXPECT_EQ(with(R"({"active":true,"iss":"https://as","aud":"https://rs"})"), "ok");
    EXPECT_EQ(with(R"({"active":true,"iss":"https://as","aud":["account","https://rs"]})"), "ok");
    EXPECT_EQ(with(R"({"active":true,"aud":"https://rs"})"), "issuer_missing");
    EXPECT_EQ(with(R"({"active":true,"iss":"https://other","aud":"https://rs"})"), "issuer_not_accepted");
    EXPECT_EQ(with(R"({"active":true,"iss":"https://as"})"), "audience_missing");
    EXPECT_EQ(with(R"({"active":true,"iss":"https://as","aud":["https://rs/"]})"), "audience_not_accepted");
}

TEST(IntrospectionResponseTest, AnInactiveTokenNeedsNothingElseToBeRight) {
    EXPECT_EQ(read(R"({"active":false,"exp":"never","scope":[]})"), "token_inactive");
}

TEST(IntrospectionResponseTest, TheTokenHasTheClaimsOfTheAnswer) {
    const auto token = check(
        R"({"active":true,"sub":"alice","iss":"https://as","aud":["x","https://rs"],"exp":1800000000})", rules(), now);
    ASSERT_EQ(outcome(token), "ok");
    EXPECT_EQ((*token)->claims().member("sub")->string(), "alice");
    EXPECT_EQ((*token)->claims().member("iss")->string(), "https://as");
    EXPECT_EQ((*token)->expiration(), 1'800'000'000);
    EXPECT_TRUE(audience_contains((*token)->claims(), "https://rs"));
    EXPECT_FALSE((*token)->header());
}

TEST(IntrospectionResponseTest, OneResponseIsCheckedByManyRulesAndSharesItsClaims) {
    const auto response = Response::parse(R"({"active":true,"iss":"https://as","aud":"https://rs","cnf":{"jkt":"x"}})");
    ASSERT_EQ(outcome(response), "ok");
    ClaimsRules strict = rules();
    strict.accepted_audiences = {"https://other"};
    EXPECT_EQ(outcome(response->check(strict, now)), "audience_not_accepted");
    strict.accepted_audiences = {"https://rs"};
    const auto first = response->check(strict, now);
    const auto second = Response(*response).check(rules(), now);
    ASSERT_EQ(outcome(first), "ok");
    ASSERT_EQ(outcome(second), "ok");
    EXPECT_EQ(*first, *second);
    strict.bearer_only = true;
    EXPECT_EQ(outcome(response->check(strict, now)), "token_sender_constrained");
}

TEST(IntrospectionResponseTest, ATokenOutlivesItsResponse) {
    auto response = Response::parse(R"({"active":true,"client_id":"mobile app"})");
    ASSERT_EQ(outcome(response), "ok");
    const auto token = response->check(rules(), now);
    response = std::unexpected(Error::token_inactive);
    ASSERT_EQ(outcome(token), "ok");
    EXPECT_EQ((*token)->claims().member("client_id")->string(), "mobile app");
}

TEST(IntrospectionResponseTest, AMalformedTimeIsNeverATokenByWhateverRules) {
    const auto response = Response::parse(R"({"active":true,"exp":"tomorrow"})");
    ASSERT_EQ(outcome(response), "ok");
    ClaimsRules lax = rules();
    lax.ignore_expiration = true;
    EXPECT_EQ(outcome(response->check(lax, now)), "answer_claim_invalid");
    EXPECT_EQ(response->time_to_keep({}, now), std::chrono::seconds(0));
}

TEST(IntrospectionTimeToKeepTest, IsBoundedByTheSettingAndByTheExpiration) {
    const KeepFor limits{.active = std::chrono::seconds(60), .inactive = std::chrono::seconds(5)};
    const auto seconds = [&](const std::string& body) {
        return time_to_keep(Response::parse(body), limits, now).count();
    };
    EXPECT_EQ(seconds(R"({"active":true})"), 60);
    EXPECT_EQ(seconds(R"({"active":true,"exp":)" + std::to_string(now + 59) + "}"), 59);
    EXPECT_EQ(seconds(R"({"active":true,"exp":)" + std::to_string(now + 61) + "}"), 60);
    EXPECT_EQ(seconds(R"({"active":true,"aud":"another resource"})"), 60);
    EXPECT_EQ(seconds(R"({"active":false})"), 5);
    EXPECT_EQ(seconds(R"({"active":true,"exp":)" + std::to_string(now) + "}"), 0);
    EXPECT_EQ(seconds(R"({"active":true,"nbf":)" + std::to_string(now + 9) + "}"), 0);
    EXPECT_EQ(seconds(R"({"active":"true"})"), 0);
    EXPECT_EQ(seconds("<html>"), 0);
}

TEST(IntrospectionRefusalTest, AnUnsupportedTokenTypeBlamesTheToken) {
    EXPECT_EQ(refusal({.status = 400, .body = R"({"error":"unsupported_token_type"})"}), Error::token_kind_refused);
    EXPECT_EQ(describe(Error::token_kind_refused).http_status, 401);
    EXPECT_EQ(refusal({.status = 400, .body = R"({"error":"invalid_request"})"}), Error::server_refuses_request);
    EXPECT_EQ(refusal({.status = 400, .body = R"({"error_description":"unsupported_token_type"})"}),
              Error::server_refuses_request);
    EXPECT_EQ(refusal({.status = 500, .body = R"({"error":"unsupported_token_type"})"}), Error::server_failed);
    EXPECT_EQ(refusal({.status = 200}), std::nullopt);
}

TEST(IntrospectionRefusalTest, A400Or401MaySayThatTheTokenIsNoGood) {
    for (const int status : {400, 401}) {
        for (const char* body : {R"({"active":false})", R"({"active":false,"error":null})",
                                 R"({"error":"invalid_token"})", R"({"active":false,"error":"invalid_token"})"})
            EXPECT_EQ(refusal({.status = status, .body = body}), Error::token_inactive) << status << body;
        for (const char* challenge : {R"(Bearer error="invalid_token")", "Bearer realm=x, error=invalid_token"})
            EXPECT_EQ(refusal({.status = status, .body = "", .challenge = challenge}), Error::token_inactive);
    }
    EXPECT_EQ(refusal({.status = 401, .body = R"({"active":false})", .challenge = "Bearer"}), Error::token_inactive);
}

// A wrong secret must not look like a world without good tokens.
TEST(IntrospectionRefusalTest, WhatSpeaksOfTheClientBlamesNoToken) {
    for (const char* body :
         {"", "{}", "<html>", R"({"error":"invalid_client"})", R"({"active":false,"error":"invalid_client"})",
          R"({"active":false,"error":"x"})", R"({"active":false,"error":{}})", R"({"active":"false"})",
          R"({"active":0})", R"({"active":null})", R"({"active":true})", R"([{"active":false}])",
          R"({"error":["invalid_token"]})", R"({"error":"Invalid_Token"})", R"({"x":{"active":false}})",
          R"({"active":false,"active":false})", R"({"error_description":"invalid_token"})"})
        EXPECT_EQ(refusal({.status = 401, .body = body}), Error::server_refuses_client) << body;
    for (const char* challenge :
         {"Basic", "basic realm=x", R"(Bearer error="invalid_token", Basic realm="x")",
          R"(Basic realm="x", Bearer error="invalid_token")", R"(Bearer error="invalid_client")"})
        for (const char* body : {R"({"active":false})", R"({"error":"invalid_token"})"})
            EXPECT_EQ(refusal({.status = 401, .body = body, .challenge = challenge}), Error::server_refuses_client)
                << challenge << body;
    EXPECT_EQ(refusal({.status = 401, .body = "", .challenge = R"(Bearer realm="error=\"invalid_token\"")"}),
              Error::server_refuses_client);
}

TEST(IntrospectionRefusalTest, NoOtherStatusSpeaksOfTheToken) {
    for (int status = 201; status < 600; ++status) {
        if (status == 400 || status == 401) continue;
        const auto error = refusal({.status = status, .body = R"({"active":false,"error":"invalid_token"})"});
        EXPECT_EQ(describe(*error).http_status, 503) << status;
    }
}

}  // namespace
}  // namespace oauth::introspection
