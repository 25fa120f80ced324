#include "oauth/claims_rules.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace oauth {
namespace {

using std::chrono::seconds;

constexpr NumericDate now = 1000;
constexpr std::string_view issuer = "https://auth.example.com";
constexpr std::string_view resource = "https://mcp.example.com/mcp";

using Result = std::expected<std::optional<NumericDate>, Error>;

Result check(std::string_view claims, const ClaimsRules& rules, NumericDate at = now) {
    const auto document = json::Document::parse(claims, {.keep_large_numbers = true});
    EXPECT_TRUE(document) << claims;
    return check_claims(document->root(), rules, at);
}

Result accepted(std::optional<NumericDate> exp) {
    return exp;
}

Result refused(Error error) {
    return std::unexpected(error);
}

ClaimsRules rules_with_leeway(seconds leeway) {
    ClaimsRules rules;
    rules.leeway = leeway;
    return rules;
}

ClaimsRules without_expiration() {
    ClaimsRules rules;
    rules.allow_missing_expiration = true;
    return rules;
}

ClaimsRules for_issuers(std::vector<std::string> issuers) {
    ClaimsRules rules = without_expiration();
    rules.accepted_issuers = std::move(issuers);
    return rules;
}

ClaimsRules for_audiences(std::vector<std::string> audiences) {
    ClaimsRules rules = without_expiration();
    rules.accepted_audiences = std::move(audiences);
    return rules;
}

// Values that no time claim may have. (null means absent; NaN does not even parse.)
const std::vector<std::string> not_dates = {R"("2000")",
                                            R"("")",
                                            "true",
                                            "false",
                                            "[2000]",
                                            "{}",
                                            "-1",
                                            "-0.5",
                                            "1e300",
                                            "-1e300",
                                            "253402300800",
                                            "1e18",
                                            "1e400",
                                            "18446744073709551615",
                                            "18446744073709551616"};

// --- exp (RFC 7519 section 4.1.4, SPEC 14, 78, 80) ---

TEST(Expiration, OneSecondAfterNowIsNotExpired) {
    EXPECT_EQ(check(R"({"exp":1001})", {}), accepted(1001));
}

TEST(Expiration, EqualToNowIsExpired) {
    EXPECT_EQ(check(R"({"exp":1000})", {}), refused(Error::expired));
}

TEST(Expiration, BeforeNowIsExpired) {
    EXPECT_EQ(check(R"({"exp":999})", {}), refused(Error::expired));
    EXPECT_EQ(check(R"({"exp":0})", {}), refused(Error::expired));
}

TEST(Expiration, ThatIsNullIsMissing) {
    EXPECT_EQ(check(R"({"exp":null})", {}), refused(Error::expiration_missing));
    EXPECT_EQ(check(R"({"exp":null})", without_expiration()), accepted(std::nullopt));
}

TEST(Expiration, AFractionIsRoundedDown) {
    EXPECT_EQ(check(R"({"exp":1000.999})", {}), refused(Error::expired));
    EXPECT_EQ(check(R"({"exp":1001.999})", {}), accepted(1001));
}

TEST(Expiration, IsRequired) {
    EXPECT_EQ(check("{}", {}), refused(Error::expiration_missing));
    EXPECT_EQ(check(R"({"Exp":2000,"expires":2000})", {}), refused(Error::expiration_missing));
}

TEST(Expiration, MayBeMissingWhenAllowedAndIsStillCompared) {
    EXPECT_EQ(check("{}", without_expiration()), accepted(std::nullopt));
    EXPECT_EQ(check(R"({"exp":1000})", without_expiration()), refused(Error::expired));
}

TEST(Expiration, ThatIsNoDateIsInvalid) {
    for (const auto& value : not_dates) {
        const std::string claims = R"({"exp":)" + value + "}";
        EXPECT_EQ(check(claims, {}), refused(Error::time_claim_invalid)) << value;
        EXPECT_EQ(check(claims, without_expiration()), refused(Error::time_claim_invalid)) << value;
    }
}

TEST(Expiration, IgnoredIsNeitherRequiredNorCompared) {
    ClaimsRules rules;
    rules.ignore_expiration = true;
    EXPECT_EQ(check("{}", rules), accepted(std::nullopt));
    EXPECT_EQ(check(R"({"exp":1})", rules), accepted(1));
}

TEST(Expiration, IgnoredMustStillBeADate) {
    ClaimsRules rules;
    rules.ignore_expiration = true;
    EXPECT_EQ(check(R"({"exp":"never"})", rules), refused(Error::time_claim_invalid));
}

// --- leeway (SPEC 78) ---

TEST(Leeway, PostponesTheExpiration) {
    EXPECT_EQ(check(R"({"exp":941})", rules_with_leeway(seconds(60))), accepted(941));
    EXPECT_EQ(check(R"({"exp":940})", rules_with_leeway(seconds(60))), refused(Error::expired));
}

TEST(Leeway, AdvancesNotBefore) {
    EXPECT_EQ(check(R"({"exp":2000,"nbf":1060})", rules_with_leeway(seconds(60))), accepted(2000));
    EXPECT_EQ(check(R"({"exp":2000,"nbf":1061})", rules_with_leeway(seconds(60))), refused(Error::not_yet_valid));
}

TEST(Leeway, CannotOverflow) {
    const auto endless = rules_with_leeway(seconds::max());
    EXPECT_EQ(check(R"({"exp":253402300799,"nbf":0})", endless), accepted(253402300799));
    EXPECT_EQ(check(R"({"exp":1,"nbf":253402300799})", endless), refused(Error::not_yet_valid));
    constexpr auto last = std::numeric_limits<NumericDate>::max();
    constexpr auto first = std::numeric_limits<NumericDate>::min();
    EXPECT_EQ(check(R"({"exp":253402300799})", endless, last), refused(Error::expired));
    EXPECT_EQ(check(R"({"exp":2000,"nbf":0})", endless, first), refused(Error::not_yet_valid));
}

TEST(Leeway, BelowZeroIsNone) {
    const auto negative = rules_with_leeway(seconds::min());
    EXPECT_EQ(check(R"({"exp":1001,"nbf":1000})", negative), accepted(1001));
    EXPECT_EQ(check(R"({"exp":1000})", negative), refused(Error::expired));
}

// --- nbf (RFC 7519 section 4.1.5) ---

TEST(NotBefore, EqualToNowIsValid) {
    EXPECT_EQ(check(R"({"exp":2000,"nbf":1000})", {}), accepted(2000));
}

TEST(NotBefore, AfterNowIsNotYetValid) {
    EXPECT_EQ(check(R"({"exp":2000,"nbf":1001})", {}), refused(Error::not_yet_valid));
}

TEST(NotBefore, ThatIsNullIsMissing) {
    EXPECT_EQ(check(R"({"exp":2000,"nbf":null,"iat":null})", {}), accepted(2000));
}

TEST(NotBefore, AFractionIsRoundedUp) {
    EXPECT_EQ(check(R"({"exp":2000,"nbf":1000.001})", {}), refused(Error::not_yet_valid));
    EXPECT_EQ(check(R"({"exp":2000,"nbf":999.001})", {}), accepted(2000));
}

TEST(NotBefore, ThatIsNoDateIsInvalid) {
    for (const auto& value : not_dates)
        EXPECT_EQ(check(R"({"exp":2000,"nbf":)" + value + "}", {}), refused(Error::time_claim_invalid)) << value;
}

TEST(NotBefore, IsComparedWhenTheExpirationIsIgnored) {
    ClaimsRules rules;
    rules.ignore_expiration = true;
    EXPECT_EQ(check(R"({"nbf":1001})", rules), refused(Error::not_yet_valid));
}

// --- iat (RFC 7519 section 4.1.6) ---

TEST(IssuedAt, IsNotCompared) {
    EXPECT_EQ(check(R"({"exp":2000,"iat":1999})", {}), accepted(2000));
    EXPECT_EQ(check(R"({"exp":2000,"iat":0.5})", {}), accepted(2000));
}

TEST(IssuedAt, ThatIsNoDateIsInvalid) {
    for (const auto& value : not_dates)
        EXPECT_EQ(check(R"({"exp":2000,"iat":)" + value + "}", {}), refused(Error::time_claim_invalid)) << value;
}

// --- iss (RFC 9068 section 4, SPEC 74, 80) ---

TEST(Issuer, IsComparedExactly) {
    const auto rules = for_issuers({std::string(issuer)});
    EXPECT_EQ(check(R"({"iss":"https://auth.example.com"})", rules), accepted(std::nullopt));
    for (const char* other : {"https://auth.example.com/", "HTTPS://auth.example.com", "https://auth.example.co",
                              "https://auth.example.com.evil.example", "http://auth.example.com", ""})
        EXPECT_EQ(check(std::string(R"({"iss":")") + other + "\"}", rules), refused(Error::issuer_not_accepted))
            << other;
}

TEST(Issuer, WithAZeroByteBehindItIsAnotherIssuer) {
    EXPECT_EQ(check(R"({"iss":"https://auth.example.com\u0000"})", for_issuers({std::string(issuer)})),
              refused(Error::issuer_not_accepted));
}

TEST(Issuer, MayBeAnyOfTheAcceptedOnes) {
    const auto rules = for_issuers({"https://a.example", "https://b.example"});
    EXPECT_TRUE(check(R"({"iss":"https://b.example"})", rules));
    EXPECT_EQ(check(R"({"iss":"https://c.example"})", rules), refused(Error::issuer_not_accepted));
}

TEST(Issuer, IsRequiredWhenIssuersAreConfigured) {
    EXPECT_EQ(check("{}", for_issuers({std::string(issuer)})), refused(Error::issuer_missing));
}

TEST(Issuer, IsAString) {
    for (const char* value : {"1", R"(["https://auth.example.com"])", R"({"https://auth.example.com":1})"})
        EXPECT_EQ(check(std::string(R"({"iss":)") + value + "}", for_issuers({std::string(issuer)})),
                  refused(Error::issuer_not_accepted))
            << value;
}

TEST(Issuer, NullMeansAbsent) {
    EXPECT_EQ(check(R"({"iss":null})", for_issuers({std::string(issuer)})), refused(Error::issuer_missing));
}

TEST(Issuer, IsNotLookedAtWhenNoneIsConfigured) {
    EXPECT_TRUE(check(R"({"iss":1})", without_expiration()));
}

// --- aud (RFC 7519 section 4.1.3, SPEC 11, 12, 75, 80) ---

TEST(Issuer, MayBeMissingWhenAllowedAndIsStillCompared) {
    ClaimsRules rules;
    rules.accepted_issuers = {std::string(issuer)};
    rules.allow_missing_issuer = true;
    EXPECT_EQ(check(R"({"exp":1001})", rules), accepted(1001));
    EXPECT_EQ(check(R"({"exp":1001,"iss":"https://auth.example.com"})", rules), accepted(1001));
    EXPECT_EQ(check(R"({"exp":1001,"iss":"https://evil.example.com"})", rules), refused(Error::issuer_not_accepted));
    EXPECT_EQ(check(R"({"exp":1001,"iss":null})", rules), accepted(1001)) << "null means absent";
}

TEST(SenderConstrainedTokens, AreRefusedWhereOnlyBearerTokensPass) {
    ClaimsRules rules;
    for (const std::string_view claims :
         {R"({"exp":1001,"cnf":{"jkt":"x"}})", R"({"exp":1001,"cnf":{}})", R"({"exp":1001,"cnf":false})",
          R"({"exp":1001,"token_type":"DPoP"})", R"({"exp":1001,"token_type":"dpop"})"}) {
        rules.bearer_only = true;
        EXPECT_EQ(check(claims, rules), refused(Error::token_sender_constrained)) << claims;
        rules.bearer_only = false;
        EXPECT_EQ(check(claims, rules), accepted(1001)) << claims;
    }
    rules.bearer_only = true;
    EXPECT_EQ(check(R"({"exp":1001,"token_type":"Bearer"})", rules), accepted(1001));
    EXPECT_EQ(check(R"({"exp":1001,"cnf":null,"token_type":null})", rules), accepted(1001)) << "null means absent";
}

TEST(Audience, MayBeAString) {
    EXPECT_TRUE(check(R"({"aud":"https://mcp.example.com/mcp"})", for_audiences({std::string(resource)})));
}

TEST(Audience, MayBeOneOfAnArray) {
    const auto rules = for_audiences({std::string(resource)});
    EXPECT_TRUE(check(R"({"aud":["https://mcp.example.com/mcp"]})", rules));
    EXPECT_TRUE(check(R"({"aud":["account","https://mcp.example.com/mcp"]})", rules));
}

TEST(Audience, IsComparedExactly) {
    const auto rules = for_audiences({std::string(resource)});
    for (const char* other : {"https://mcp.example.com/mcp/", "https://mcp.example.com/", "https://mcp.example.com/MCP",
                              "http://mcp.example.com/mcp", "https://mcp.example.com/mcpx", "mcp", ""}) {
        const std::string text = std::string("\"") + other + "\"";
        EXPECT_EQ(check(R"({"aud":)" + text + "}", rules), refused(Error::audience_not_accepted)) << other;
        EXPECT_EQ(check(R"({"aud":[)" + text + "]}", rules), refused(Error::audience_not_accepted)) << other;
    }
}

TEST(Audience, IsNotAListInsideAString) {
    EXPECT_EQ(check(R"({"aud":"account https://mcp.example.com/mcp"})", for_audiences({std::string(resource)})),
              refused(Error::audience_not_accepted));
}

TEST(Audience, MayBeAnyOfTheAcceptedOnes) {
    const auto rules = for_audiences({"https://a.example", "https://b.example"});
    EXPECT_TRUE(check(R"({"aud":["https://x.example","https://b.example"]})", rules));
    EXPECT_EQ(check(R"({"aud":["https://x.example","https://y.example"]})", rules),
              refused(Error::audience_not_accepted));
}

TEST(Audience, IsRequiredWhenAudiencesAreConfigured) {
    EXPECT_EQ(check("{}", for_audiences({std::string(resource)})), refused(Error::audience_missing));
}

TEST(Audience, AnEmptyArrayNamesNobody) {
    EXPECT_EQ(check(R"({"aud":[]})", for_audiences({std::string(resource)})), refused(Error::audience_not_accepted));
}

TEST(Audience, NullBesideItIsNothing) {
    for (const char* aud : {R"(["https://mcp.example.com/mcp",null])", R"([null,"https://mcp.example.com/mcp"])"})
        EXPECT_EQ(check(std::string(R"({"exp":2000,"aud":)") + aud + "}", for_audiences({std::string(resource)})),
                  accepted(2000));
    EXPECT_EQ(check(R"({"aud":[null]})", for_audiences({std::string(resource)})),
              refused(Error::audience_not_accepted));
}

TEST(Audience, AnArrayWithAnythingButStringsIsRefused) {
    for (const char* other : {"1", "1e400", "true", "{}", R"(["https://mcp.example.com/mcp"])"}) {
        const std::string before = std::string(R"({"aud":[)") + other + R"(,"https://mcp.example.com/mcp"]})";
        const std::string after = std::string(R"({"aud":["https://mcp.example.com/mcp",)") + other + "]}";
        EXPECT_EQ(check(before, for_audiences({std::string(resource)})), refused(Error::audience_not_accepted));
        EXPECT_EQ(check(after, for_audiences({std::string(resource)})), refused(Error::audience_not_accepted));
    }
}

TEST(Audience, OfAnotherTypeIsRefused) {
    for (const char* value : {"1", "true", "{}", R"({"https://mcp.example.com/mcp":true})"})
        EXPECT_EQ(check(std::string(R"({"aud":)") + value + "}", for_audiences({std::string(resource)})),
                  refused(Error::audience_not_accepted))
            << value;
}

TEST(Audience, NullMeansAbsent) {
    EXPECT_EQ(check(R"({"aud":null})", for_audiences({std::string(resource)})), refused(Error::audience_missing));
}

TEST(Audience, IsNotLookedAtWhenNoneIsConfigured) {
    EXPECT_TRUE(check(R"({"aud":1})", without_expiration()));
}

TEST(Audience, CanBeAskedFor) {
    const auto claims = json::Document::parse(R"({"aud":["a","b"]})");
    ASSERT_TRUE(claims);
    EXPECT_TRUE(audience_contains(claims->root(), "b"));
    EXPECT_FALSE(audience_contains(claims->root(), "c"));
    EXPECT_FALSE(audience_contains(claims->root(), ""));
}

bool differs_by_case(std::string_view claims, std::string_view audience) {
    const auto document = json::Document::parse(claims);
    EXPECT_TRUE(document) << claims;
    return audience_differs_by_case(document->root(), audience);
}

TEST(Audience, ThatDiffersByCaseAloneIsKnown) {
    for (const char* aud :
         {R"("https://mcp.example.com/MCP")", R"(["x","HTTPS://mcp.example.com/mcp"])",
          R"(["https://mcp.example.com/mcp","https://mcp.example.com/Mcp"])", R"([1,"https://MCP.example.com/mcp"])"})
        EXPECT_TRUE(differs_by_case(std::string(R"({"aud":)") + aud + "}", resource)) << aud;
    for (const char* aud : {R"("https://mcp.example.com/mcp")", R"("https://mcp.example.com/mcp/")", R"(["x"])", "[]",
                            "1", R"({"a":"https://mcp.example.com/MCP"})", "null"})
        EXPECT_FALSE(differs_by_case(std::string(R"({"aud":)") + aud + "}", resource)) << aud;
    EXPECT_FALSE(differs_by_case("{}", resource));
}

// --- all together ---

TEST(ClaimsRules, TheFirstOfExpNbfIatIssAudIsReported) {
    ClaimsRules rules;
    rules.accepted_issuers = {std::string(issuer)};
    rules.accepted_audiences = {std::string(resource)};
    EXPECT_EQ(check(R"({"exp":1,"nbf":9999,"iat":"x"})", rules), refused(Error::expired));
    EXPECT_EQ(check(R"({"exp":2000,"nbf":9999,"iat":"x"})", rules), refused(Error::not_yet_valid));
    EXPECT_EQ(check(R"({"exp":2000,"iat":"x"})", rules), refused(Error::time_claim_invalid));
    EXPECT_EQ(check(R"({"exp":2000})", rules), refused(Error::issuer_missing));
    EXPECT_EQ(check(R"({"exp":2000,"iss":"https://auth.example.com"})", rules), refused(Error::audience_missing));
}

TEST(ClaimsRules, ClaimsThatAreNoObjectHaveNoExpiration) {
    for (const char* text : {"[]", "null", R"("exp")", "1", R"(["exp",2000])"})
        EXPECT_EQ(check(text, {}), refused(Error::expiration_missing)) << text;
}

}  // namespace
}  // namespace oauth
