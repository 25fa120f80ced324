#include "oauth/bearer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace oauth {
namespace {

std::expected<std::string_view, Error> read(std::string_view value) {
    return bearer_token(std::array{value});
}

// RFC 6750 section 2.1, as the grammar has it.
bool may_stand_in_a_token(char c) {
    static constexpr std::string_view others = "-._~+/";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.contains(c);
}

TEST(BearerToken, is_found_whatever_the_case_of_the_scheme) {
    for (const std::string_view scheme : {"Bearer ", "bearer ", "BEARER ", "bEaReR    "})
        EXPECT_EQ(read(std::string(scheme) + "abc.DEF-123"), "abc.DEF-123") << scheme;
}

TEST(BearerToken, is_missing_without_a_header) {
    EXPECT_EQ(bearer_token({}), std::unexpected(Error::credentials_missing));
    EXPECT_EQ(read(""), std::unexpected(Error::credentials_missing));
}

TEST(BearerToken, is_told_from_credentials_of_another_scheme) {
    for (const std::string_view value : {"Basic abc", "Beare", "Bearerish abc", "Bearer\tabc", "DPoP abc", "a.b.c"})
        EXPECT_EQ(read(value), std::unexpected(Error::credentials_not_bearer)) << value;
}

// RFC 6750 section 3.1: an unsupported method of authentication is no error of the token.
TEST(CredentialsOfAnotherScheme, have_no_error_code) {
    const ErrorInfo& info = describe(Error::credentials_not_bearer);
    EXPECT_EQ(info.http_status, 401);
    EXPECT_EQ(info.oauth_error, "");
}

TEST(CredentialsOfAnotherScheme, are_named_by_their_scheme_in_any_case) {
    EXPECT_TRUE(scheme_problem("DPoP abc").starts_with("it is DPoP, which is not supported"));
    EXPECT_EQ(scheme_problem("dpop abc"), scheme_problem("DPoP"));
    EXPECT_EQ(scheme_problem("BASIC dTpw"), "it is Basic");
}

// What stands in front may be a token that lost its scheme, or a password.
TEST(CredentialsOfAnotherScheme, are_never_shown) {
    for (const std::string value : {"secret.secret.secret", "secret", "secret abc", "Bearersecret", "x secret secret",
                                    "Bearer\tsecret", "Basic secret", "DPoP secret", "\xFF\n secret"})
        EXPECT_FALSE(scheme_problem(value).contains("secret")) << value;
    EXPECT_TRUE(scheme_problem("a.b.c").starts_with("it has no scheme"));
    EXPECT_EQ(scheme_problem("a.b.c d"), "its scheme is not a known one");
}

TEST(CredentialsOfAnotherScheme, are_not_those_of_bearer) {
    for (const std::string_view value : {"", "Bearer", "bearer abc"})
        EXPECT_EQ(scheme_problem(value), "") << value;
}

TEST(BearerToken, is_malformed_when_it_is_not_one_token) {
    for (const std::string_view value :
         {"Bearer", "Bearer ", "Bearer a b", "Bearer a ", "Bearer a,b", "Bearer =", "Bearer ==", "Bearer a=b"})
        EXPECT_EQ(read(value), std::unexpected(Error::credentials_malformed)) << value;
}

TEST(BearerToken, may_end_with_padding) {
    EXPECT_EQ(read("Bearer abc="), "abc=");
    EXPECT_EQ(read("Bearer abc=="), "abc==");
}

TEST(BearerToken, cannot_be_in_two_headers) {
    constexpr std::array<std::string_view, 2> both{"Bearer abc", "Bearer abc"};
    EXPECT_EQ(bearer_token(both), std::unexpected(Error::request_ambiguous));
}

// Tokens are checked many bytes at a time: every byte at every place, in tokens of every length around the block's.
TEST(BearerToken, has_only_the_characters_of_its_grammar_wherever_they_stand) {
    for (std::size_t length = 1; length <= 50; ++length)
        for (std::size_t place = 0; place < length; ++place)
            for (int byte = 0; byte < 256; ++byte) {
                const char c = static_cast<char>(byte);
                std::string token(length, 'x');
                token[place] = c;
                const bool padding = c == '=' && place + 1 == length && length > 1;
                const bool spaces = c == ' ' && place == 0 && length > 1;  // one more behind the scheme
                const auto result = read("Bearer " + token);
                ASSERT_EQ(result.has_value(), may_stand_in_a_token(c) || padding || spaces)
                    << "byte " << byte << " at " << place << " of " << length;
            }
}

TEST(FormParameter, is_found_under_any_encoding_of_its_name) {
    for (const std::string_view query :
         {"access_token=x", "a=b&access_token=x", "a;access_token", "%61ccess_token=", "access%5Ftoken=x",
          "access%5ftoken", "ACCESS_TOKEN=x", "Access_Token", "%20access_token=x", "+access_token=x",
          "%20%20%41ccess_token=x", "[access_token]=x", "%5Baccess_token%5D=x", "[access_token][]=x", "access.token=x",
          "access_token[]=x", "access_token%5b%5d=x", "access_token%00x=x"})
        EXPECT_TRUE(has_form_parameter(query, "access_token")) << query;
}

TEST(FormParameter, is_not_found_where_it_is_not) {
    for (const std::string_view query :
         {"", "access_toke=x", "access_token1=x", "a=access_token", "%access_token", "%6", "%zz=x", "&&;=", "%20", "[",
          "[]=access_token", "access token1", "xaccess_token"})
        EXPECT_FALSE(has_form_parameter(query, "access_token")) << query;
}

}  // namespace
}  // namespace oauth
