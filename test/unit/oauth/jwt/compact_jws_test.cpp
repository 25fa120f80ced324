#include "oauth/jwt/compact_jws.h"

#include <gtest/gtest.h>

#include <string>

#include "base/base64url.h"

namespace oauth::jwt {
namespace {

std::string token_with(std::string_view payload) {
    return "e30." + base::base64url::encode(payload) + ".c2ln";
}

TEST(SaysSenderConstrained, IsTrueForAnyConfirmationOfAKey) {
    for (const std::string_view payload : {R"({"cnf":{"jkt":"x"}})", R"({"sub":"a","cnf":{}})", R"({"cnf":"x"})",
                                           R"({"cnf":[]})", R"({"cnf":false})", R"({"cn\u0066":{"jkt":"x"}})"})
        EXPECT_TRUE(says_sender_constrained(token_with(payload))) << payload;
}

TEST(SaysSenderConstrained, IsFalseWithoutOneAndForWhatCannotBeRead) {
    for (const std::string_view payload :
         {"{}", R"({"cnf":null})", R"({"CNF":{"jkt":"x"}})", R"({"act":{"cnf":{"jkt":"x"}}})", R"(["cnf"])", "cnf", ""})
        EXPECT_FALSE(says_sender_constrained(token_with(payload))) << payload;
    for (const std::string_view token : {"", "opaque", "two.dots.inside", "a.b", "a.b.c.d.e", "e30.e30"})
        EXPECT_FALSE(says_sender_constrained(token)) << token;
}

TEST(UnverifiedClaims, AreReadBesideANumberBeyondSixtyFourBits) {
    const std::string claims = R"({"n":18446744073709551616,"m":1e400,"iss":"https://a.example","cnf":{}})";
    EXPECT_TRUE(says_sender_constrained(token_with(claims)));
    EXPECT_EQ(unverified_issuer(token_with(claims)), "https://a.example");
    EXPECT_EQ(unverified_issuer(token_with(R"({"iss":1e400})")), std::nullopt);
    EXPECT_TRUE(is_compact_jws(base::base64url::encode(R"({"alg":"ES256","n":1e400})") + ".e30.AA"));
}

}  // namespace
}  // namespace oauth::jwt
