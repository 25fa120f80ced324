// SPEC 77 and 79
#include "oauth/jwt/token_type.h"

#include <gtest/gtest.h>

namespace oauth::jwt {
namespace {

TEST(TokenType, OfAnotherKindOfJwtIsRefused) {
    for (std::string_view type : {"dpop+jwt", "logout+jwt", "secevent+jwt", "oauth-id-jag+jwt",
                                  "token-introspection+jwt", "oauth-authz-req+jwt", "entity-statement+jwt", "kb+jwt",
                                  "DPoP+JWT", "application/dpop+jwt", "Application/Logout+JWT"}) {
        EXPECT_FALSE(accepts_type(TypeRule::not_another_kind, type)) << type;
        EXPECT_FALSE(accepts_type(TypeRule::access_token_only, type)) << type;
    }
}

// RFC 9068 section 4
TEST(TokenType, OfNoAccessTokenIsRefusedInStrictMode) {
    EXPECT_FALSE(accepts_type(TypeRule::access_token_only, std::nullopt));
    for (std::string_view type : {"", "JWT", "at", "at+jwt ", " at+jwt", "at+jwtx", "jwt/at+jwt", "application/",
                                  "application/application/at+jwt", "application/JWT", "vnd.example.at+jwt"})
        EXPECT_FALSE(accepts_type(TypeRule::access_token_only, type)) << type;
}

// RFC 7515 section 4.1.9
TEST(TokenType, OfAnAccessTokenIsAcceptedInAnyCaseWithAndWithoutApplication) {
    for (std::string_view type : {"at+jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "APPLICATION/AT+JWT"}) {
        EXPECT_TRUE(accepts_type(TypeRule::access_token_only, type)) << type;
        EXPECT_TRUE(accepts_type(TypeRule::not_another_kind, type)) << type;
    }
}

TEST(TokenType, ThatIsAbsentPlainOrPrivateIsAcceptedOutsideStrictMode) {
    EXPECT_TRUE(accepts_type(TypeRule::not_another_kind, std::nullopt));
    for (std::string_view type : {"", "JWT", "jwt", "application/jwt", "JOSE", "example+jwt"})
        EXPECT_TRUE(accepts_type(TypeRule::not_another_kind, type)) << type;
}

}  // namespace
}  // namespace oauth::jwt
