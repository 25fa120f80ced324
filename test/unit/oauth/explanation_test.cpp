#include "oauth/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/base64url.h"
#include "support/json_documents.h"
#include "support/jwk_text.h"
#include "support/token_minter.h"
#include "support/verification.h"

namespace oauth {
namespace {

using jwt::Algorithm;
using jwt::JwkSet;
using jwt::VerificationRules;
using support::now;
using support::parsed;
using support::TokenMinter;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string of_claims(Error error, std::string_view claims, const ClaimsRules& rules = {}) {
    const auto document = json::Document::parse(claims, {.keep_large_numbers = true});
    return explain(error, document->root(), rules, now);
}

std::string of_token(Error error, std::string_view token, const VerificationRules& rules = {}) {
    return explain(error, token, {}, rules, now);
}

std::string of_token(Error error, std::string_view token, const JwkSet& set, const VerificationRules& rules = {}) {
    const std::array sets{&set};
    return explain(error, token, sets, rules, now);
}

std::string jws(std::string_view header, std::string_view payload = "{}") {
    return base::base64url::encode(header) + "." + base::base64url::encode(payload) + ".AA";
}

// --- Claims ---

TEST(ClaimsExplanation, NamesTheTimeOfTheWrongType) {
    EXPECT_EQ(of_claims(Error::time_claim_invalid, R"({"exp":"soon"})"),
              R"(exp is "soon", and must be a number of seconds up to the year 9999)");
    EXPECT_THAT(of_claims(Error::time_claim_invalid, R"({"exp":1,"nbf":1e400})"), StartsWith("nbf is 1e400, "));
    EXPECT_THAT(of_claims(Error::time_claim_invalid, R"({"exp":null,"nbf":null,"iat":[1,"a"]})"),
                StartsWith(R"(iat is [an integer, "a"], )"));
    EXPECT_THAT(of_claims(Error::time_claim_invalid, R"({"exp":{"at":1}})"), StartsWith("exp is an object, "));
}

TEST(ClaimsExplanation, SaysHowLongAgo) {
    EXPECT_EQ(of_claims(Error::expired, R"({"exp":1699999910})"), "exp is 1699999910, 90 s ago; the leeway is 0 s");
    ClaimsRules rules;
    rules.leeway = std::chrono::seconds(30);
    EXPECT_EQ(of_claims(Error::not_yet_valid, R"({"nbf":1700000031})", rules),
              "nbf is 1700000031, 31 s from now; the leeway is 30 s");
}

TEST(ClaimsExplanation, NamesTheIssuerThatCameAndThoseAccepted) {
    ClaimsRules rules;
    rules.accepted_issuers = {"https://a.example", "https://b.example"};
    EXPECT_EQ(of_claims(Error::issuer_not_accepted, R"({"iss":"https://evil.example"})", rules),
              R"(iss is "https://evil.example", accepted is "https://a.example" or "https://b.example")");
    EXPECT_THAT(of_claims(Error::issuer_missing, R"({"iss":null})", rules), StartsWith("iss is missing, accepted is "));
    EXPECT_THAT(of_claims(Error::issuer_not_accepted, R"({"iss":["https://a.example"]})", rules),
                StartsWith(R"(iss is ["https://a.example"], )"));
    EXPECT_THAT(of_claims(Error::issuer_not_accepted, R"({"iss":"https://b.example/"})", rules),
                HasSubstr("the slash at the end makes the difference"));
}

TEST(ClaimsExplanation, NamesTheAudienceThatCameAndThoseAccepted) {
    ClaimsRules rules;
    rules.accepted_audiences = {"https://mcp.example.com/mcp"};
    EXPECT_EQ(of_claims(Error::audience_not_accepted, R"({"aud":["a","b",null,"c","d"]})", rules),
              R"(aud is ["a", "b", null and 2 more], accepted is "https://mcp.example.com/mcp")");
    EXPECT_THAT(of_claims(Error::audience_missing, "{}", rules), StartsWith("aud is missing, accepted is "));
    EXPECT_THAT(of_claims(Error::audience_not_accepted, R"({"aud":"https://mcp.example.com/MCP"})", rules),
                HasSubstr("upper and lower case make the difference"));
    constexpr std::string_view slash = "the slash at the end makes the difference";
    EXPECT_THAT(of_claims(Error::audience_not_accepted, R"({"aud":["x","https://mcp.example.com/mcp/"]})", rules),
                HasSubstr(slash));
    EXPECT_THAT(of_claims(Error::audience_not_accepted, R"({"aud":"https://mcp.example.com/mcp//"})", rules),
                Not(HasSubstr(slash)));
    rules.accepted_audiences = {"https://mcp.example.com/"};
    EXPECT_THAT(of_claims(Error::audience_not_accepted, R"({"aud":"https://mcp.example.com"})", rules),
                HasSubstr(slash));
}

TEST(ClaimsExplanation, NamesTheKindOfConfirmationAndNeverItsValue) {
    EXPECT_THAT(of_claims(Error::token_sender_constrained, R"({"cnf":{"jkt":"thumbprint"}})"),
                AllOf(StartsWith(R"(cnf names "jkt"; )"), Not(HasSubstr("thumbprint"))));
    EXPECT_EQ(of_claims(Error::token_sender_constrained, R"({"token_type":"DPoP"})"), R"(token_type is "DPoP")");
}

TEST(ClaimsExplanation, NeverSaysWhoTheSubjectIs) {
    const std::string_view claims =
        R"({"sub":"alice","jti":"alice","email":"alice","iss":1,"aud":1,"exp":"x","nbf":1,"cnf":{"alice-free":1}})";
    for (int i = 0; i <= static_cast<int>(Error::key_pem_invalid); ++i)
        EXPECT_THAT(of_claims(static_cast<Error>(i), claims), Not(HasSubstr("\"alice\""))) << i;
}

TEST(ScopeExplanation, IsOfAScopeThatGrantsNothingAtAll) {
    EXPECT_EQ(explain_scope(parsed(R"({"scope":{"a":1}})").root()),
              "scope is an object, and must be a string or an array of strings: it grants nothing");
    EXPECT_THAT(explain_scope(parsed(R"({"scope":null,"scp":["a",1]})").root()),
                StartsWith(R"(scp is ["a", an integer], )"));
    for (const std::string_view claims : {"{}", R"({"scope":"a"})", R"({"scp":["a"]})", R"({"scope":""})"})
        EXPECT_EQ(explain_scope(parsed(claims).root()), "");
}

// --- The token's form and header ---

TEST(TokenExplanation, SaysWhatTheFormLacks) {
    EXPECT_THAT(of_token(Error::token_not_compact_jws, "opaque"), HasSubstr("opaque token"));
    EXPECT_THAT(of_token(Error::token_not_compact_jws, "opaque"), Not(HasSubstr("\"opaque\"")));
    EXPECT_EQ(of_token(Error::token_not_compact_jws, "a.b"), "it has 2");
    EXPECT_EQ(of_token(Error::token_not_compact_jws, "a.b."), "one of them is empty");
    VerificationRules rules;
    rules.max_token_bytes = 10;
    EXPECT_EQ(of_token(Error::token_too_large, std::string(11, 'a'), rules),
              "it has 11 bytes, and at most 10 are read");
}

TEST(TokenExplanation, SaysInWhichPartItIs) {
    EXPECT_EQ(of_token(Error::token_not_base64url, "!.e30.AA"), "in its header");
    EXPECT_EQ(of_token(Error::token_not_base64url, "e30.!.AA"), "in its payload");
    EXPECT_EQ(of_token(Error::token_not_base64url, "e30.e30.!"), "in its signature");
    EXPECT_EQ(of_token(Error::token_duplicate_member, jws(R"({"alg":"ES256","alg":"ES256"})")), "in its header");
    EXPECT_EQ(of_token(Error::token_duplicate_member, jws("{}", R"({"exp":1,"exp":2})")), "in its payload");
    EXPECT_EQ(of_token(Error::header_not_json_object, jws("[]")), "its header is an array");
    EXPECT_EQ(of_token(Error::payload_not_json_object, jws("{}", "\"x\"")), "its payload is a string");
    EXPECT_EQ(of_token(Error::payload_not_json_object, jws("{}", "<html>")), "its payload is not JSON");
}

TEST(TokenExplanation, NamesTheHeaderParameter) {
    EXPECT_EQ(of_token(Error::header_invalid, jws("{}")), "alg is missing");
    EXPECT_EQ(of_token(Error::header_invalid, jws(R"({"alg":256})")), "alg is 256, and must be a string");
    EXPECT_EQ(of_token(Error::header_invalid, jws(R"({"alg":"ES256","typ":["JWT"]})")),
              R"(typ is ["JWT"], and must be a string)");
    EXPECT_EQ(of_token(Error::algorithm_unsupported, jws(R"({"alg":"none"})")), R"(alg is "none")");
    EXPECT_EQ(of_token(Error::critical_header_unsupported, jws(R"({"alg":"ES256","crit":["x"]})")), R"(crit is ["x"])");
    VerificationRules rules;
    rules.allowed_algorithms = {Algorithm::RS256, Algorithm::ES256};
    EXPECT_EQ(of_token(Error::algorithm_not_allowed, jws(R"({"alg":"PS512"})"), rules),
              R"(alg is "PS512", allowed is RS256, ES256)");
    EXPECT_EQ(of_token(Error::type_not_accepted, jws(R"({"alg":"ES256","typ":"dpop+jwt"})")),
              R"(typ is "dpop+jwt", which is no access token)");
    rules.type = jwt::TypeRule::access_token_only;
    EXPECT_EQ(of_token(Error::type_not_accepted, jws(R"({"alg":"ES256"})"), rules),
              R"(typ is missing, accepted is "at+jwt")");
}

// --- Keys ---

TEST(KeyExplanation, NamesTheKeysThatThereAre) {
    const TokenMinter a(Algorithm::ES256, "a");
    const TokenMinter other(Algorithm::RS256, "x");
    const auto set = support::read_jwks({a.jwk(), TokenMinter(Algorithm::ES256).jwk(), "1"});
    EXPECT_EQ(
        of_token(Error::key_not_found, other.mint("{}"), set),
        R"(kid is "x", alg is "RS256"; there are keys with kid "a"; without kid, and not fitting: 1; left out: 1)");
    EXPECT_THAT(of_token(Error::key_not_found, TokenMinter(Algorithm::ES384).mint("{}"), set),
                StartsWith(R"(there is no kid, alg is "ES384"; )"));
}

TEST(KeyExplanation, NamesTheKeyOfTheSameNameAndWhyItDoesNot) {
    const TokenMinter a(Algorithm::ES256, "a");
    const std::string twice = R"({"kid":"b","kty":"RSA","kty":"RSA"})";
    const auto set = support::read_jwks({a.jwk(), twice});
    EXPECT_EQ(of_token(Error::key_not_found, TokenMinter(Algorithm::RS256, "a").mint("{}"), set),
              R"(kid is "a", alg is "RS256"; the key of this kid is for ES256)");
    EXPECT_EQ(of_token(Error::key_not_found, TokenMinter(Algorithm::RS256, "b").mint("{}"), set),
              R"(kid is "b", alg is "RS256"; key 2 (kid "b") is left out: an object has two members of one name)");
}

TEST(KeyExplanation, NamesNoMoreThanThreeKeysOfOneName) {
    const std::string jwk = TokenMinter(Algorithm::ES256, "a").jwk();
    const auto set = support::read_jwks(R"({"keys":[)" + jwk + support::repeated("," + jwk, 255) + "]}");
    const std::string_view each = "; the key of this kid is for ES256";
    EXPECT_EQ(of_token(Error::key_not_found, TokenMinter(Algorithm::RS256, "a").mint("{}"), set),
              R"(kid is "a", alg is "RS256")" + support::repeated(each, 3) + " and 253 more");
}

TEST(KeyExplanation, TellsThatAnAlgorithmIsSymmetricWhereKeysArePublic) {
    const std::string token = TokenMinter(Algorithm::HS512, "a").mint("{}");
    const auto published = support::read_jwks({TokenMinter(Algorithm::ES256, "b").jwk()});
    const auto secrets = support::read_jwks({TokenMinter(Algorithm::HS256, "b").jwk()});
    const auto is_told = AllOf(HasSubstr("this algorithm is symmetric"), HasSubstr("Access token signature algorithm"));
    VerificationRules rules;
    EXPECT_THAT(of_token(Error::key_not_found, token, published), is_told);
    EXPECT_THAT(of_token(Error::key_not_found, token, secrets), Not(is_told));
    rules.allowed_algorithms = {Algorithm::RS256};
    EXPECT_THAT(of_token(Error::algorithm_not_allowed, token, rules), is_told);
    rules.allow_symmetric_beside_public_keys = true;
    EXPECT_THAT(of_token(Error::key_not_found, token, published, rules), Not(is_told));
}

TEST(KeyExplanation, SaysHowManyKeysWereTried) {
    EXPECT_THAT(of_token(Error::too_many_candidate_keys, TokenMinter(Algorithm::ES256).mint("{}")),
                HasSubstr("8 were tried, and no more are"));
}

// --- Strangers ---

TEST(Explanation, IsBoundedAndEscapedWhateverComes) {
    std::string kids;
    for (int i = 0; i < 50; ++i)
        kids += (i > 0 ? "," : "") + TokenMinter(Algorithm::ES256, std::to_string(i) + std::string(500, 'k')).jwk();
    const auto set = support::read_jwks(R"({"keys":[)" + kids + "]}");
    VerificationRules rules;
    rules.claims.accepted_issuers.assign(20, std::string(300, 'i'));
    rules.claims.accepted_audiences = rules.claims.accepted_issuers;
    for (const std::string_view hostile : {R"("a\n[error] b\u001b[2J\u0085")", R"([["\r\n"]])", R"(["\r\n","\r\n"])"})
        for (const std::string& text :
             {std::string(hostile), std::string("\"\u202Egnp\u2028\""), "\"" + std::string(5000, '"' + 1) + "\"",
              R"("\u00e9)" + support::repeated("\xC3\xA9", 3000) + "\""}) {
            std::string members = R"("typ":)" + text + R"(,"kid":)" + text + R"(,"crit":)" + text + R"(,"iss":)" +
                                  text + R"(,"aud":[)" + text + "," + text + "," + text + "," + text + R"(],"exp":)" +
                                  text;
            for (const std::string_view alg : {"\"HS512\"", "\"ES256\"", "1"})
                for (int i = 0; i <= static_cast<int>(Error::key_pem_invalid); ++i) {
                    const std::string token =
                        jws(R"({"alg":)" + std::string(alg) + "," + members + "}", "{" + members + "}");
                    const std::string said = of_token(static_cast<Error>(i), token, set, rules);
                    ASSERT_LE(said.size(), longest_explanation);
                    ASSERT_TRUE(std::ranges::all_of(said, [](char c) { return base::printable(c) == c; })) << said;
                }
        }
}

TEST(Explanation, OfWhatIsNoTokenIsHarmless) {
    for (const std::string_view token : {"", ".", "..", "a.b.c", "e30.e30.AA", "e30.W10.AA", "....", "\xFF.\xFF.\xFF"})
        for (int i = 0; i <= static_cast<int>(Error::key_pem_invalid); ++i)
            EXPECT_LE(of_token(static_cast<Error>(i), token).size(), longest_explanation);
}

}  // namespace
}  // namespace oauth
