#include "oauth/error_answer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace oauth {
namespace {

std::string printable(std::string_view body, std::string_view secret = {}) {
    return ErrorAnswer({.status = 400, .body = body}).printable({&secret, 1});
}

TEST(ErrorAnswerTest, CodeAndDescriptionStandInTheBody) {
    const ErrorAnswer answer(
        {.status = 400, .body = R"({"error":"invalid_client","error_description":"Audience not found"})"});
    EXPECT_EQ(answer.code(), "invalid_client");
    EXPECT_EQ(answer.description(), "Audience not found");
    EXPECT_EQ(answer.printable({}), R"("invalid_client": "Audience not found")");
}

TEST(ErrorAnswerTest, OrInAChallenge) {
    const ErrorAnswer answer(
        {.status = 401,
         .body = "<html>",
         .challenge = R"(Bearer realm="a, error=\"x\"", error="invalid_token",error_description="no")"});
    EXPECT_EQ(answer.code(), "invalid_token");
    EXPECT_EQ(answer.description(), "no");
}

TEST(ErrorAnswerTest, ADescriptionBelongsToItsCode) {
    const ErrorAnswer answer({.status = 401,
                              .body = R"({"error":"invalid_client"})",
                              .challenge = R"(Bearer error="invalid_token", error_description="no")"});
    EXPECT_EQ(answer.printable({}), R"("invalid_client")");
    EXPECT_FALSE(answer.says_only("invalid_client"));
    EXPECT_FALSE(answer.says_only("invalid_token"));
}

TEST(ErrorAnswerTest, NothingIsSaidOfAnAnswerWithoutCode) {
    for (const char* body : {"", "<html>", "{}", "[]", R"({"error":1})", R"({"error":"","error_description":"x"})",
                             R"({"error_description":"x"})", R"({"error":null})"})
        EXPECT_EQ(printable(body), "") << body;
}

TEST(ErrorAnswerTest, WhatIsNotPrintableIsReplaced) {
    EXPECT_EQ(printable(R"({"error":"a\nb\u0000\"\\\u001b[31m","error_description":"gr\u00fcn"})"),
              R"("a?b????[31m": "gr??n")");
}

TEST(ErrorAnswerTest, LongTextsAreCut) {
    const std::string text = printable(R"({"error":")" + std::string(1000, ' ') + R"(","error_description":")" +
                                       std::string(5000, '-') + "\"}");
    EXPECT_EQ(text.size(), 64 + 200 + 2 * 3 + 6);
    EXPECT_TRUE(text.ends_with("...\""));
}

TEST(ErrorAnswerTest, WhatWeSentIsNotRepeated) {
    const std::string_view token = "opaque-Token.0123456789~+/=";
    EXPECT_EQ(printable(R"({"error":"x","error_description":"token opaque-Token.0123456789~+/= is unknown"})", token),
              R"("x": "token ... is unknown")");
    EXPECT_EQ(printable(R"({"error":"opaque-Token","error_description":"ends with 456789~+/="})", token),
              R"("...": "ends with ...")");
    EXPECT_EQ(printable(R"({"error":"x","error_description":"opaque is short"})", token), R"("x": "opaque is short")");
}

TEST(ErrorAnswerTest, AShortSecretIsNotRepeatedEither) {
    const char* body = R"({"error":"x","error_description":"secret hunter2 is wrong, hunter is not"})";
    EXPECT_EQ(printable(body, "hunter2"), R"("x": "secret ... is wrong, hunter is not")");
    EXPECT_EQ(printable(R"({"error":"x","error_description":"q"})", "q"), R"("x": "...")");
}

TEST(ErrorAnswerTest, NorWhatStandsInTheForm) {
    EXPECT_EQ(printable(R"({"error":"x","error_description":"no a%2Fb+c%25d%26e, nor a/b c%d&e"})", "a/b c%d&e"),
              R"("x": "no ..., nor ...")");
}

TEST(ErrorAnswerTest, ANumberBeyond64BitsTakesNothingAway) {
    const ErrorAnswer answer(
        {.status = 401, .body = R"({"error":"invalid_client","timestamp":123456789012345678901})"});
    EXPECT_EQ(answer.code(), "invalid_client");
    EXPECT_TRUE(
        ErrorAnswer({.status = 401, .body = R"({"active":false,"x":123456789012345678901})"}).says_only_inactive());
}

// Whoever sends a token that the server repeats must not keep a worker busy.
TEST(ErrorAnswerTest, ALongTokenThatIsRepeatedTakesNoTime) {
    const std::string token(16384, 'a');
    const std::string body = R"({"error":"x","error_description":")" + token + token + token + "\"}";
    EXPECT_EQ(printable(body, token), R"("x": ".........")");
}

TEST(ErrorAnswerTest, NoJwtIsShownWhoseverItIs) {
    EXPECT_EQ(printable(R"({"error":"x","error_description":"bad eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln here"})"),
              R"("x": "bad ... here")");
}

TEST(ErrorAnswerTest, WhatRepeatsAPartOfASecretIsKnown) {
    const std::array<std::string_view, 2> secrets = {"PlainSecret0123456789", "pass%word-of-ours"};
    for (const std::string_view text :
         {"aud is \"PlainSecret0123456789\"", "PlainSecret0123", "x pass%25word-of", "pass%word-of-ours"})
        EXPECT_TRUE(repeats(text, secrets)) << text;
    for (const std::string_view text : {"", "aud is \"https://mcp.example.com/mcp\"", "Plain", "Secret"})
        EXPECT_FALSE(repeats(text, secrets)) << text;
}

TEST(ErrorAnswerTest, BasicIsAScheme) {
    const auto demands = [](std::string_view field) { return ErrorAnswer({.challenge = field}).demands_basic(); };
    for (const char* field :
         {"Basic", "bASIC realm=\"x\"", "Bearer, Basic", "Bearer realm=\"a\" , Basic realm=b", "Bearer a=b,Basic"})
        EXPECT_TRUE(demands(field)) << field;
    for (const char* field : {"", "Bearer", "Bearer realm=\"Basic\"", "Bearer realm=Basic", "Basic=x", "Basically",
                              "Bearer realm=\"x, Basic", "Bearer Basic = x"})
        EXPECT_FALSE(demands(field)) << field;
}

TEST(ChallengeParameterTest, IsFoundByItsNameInAnyCase) {
    EXPECT_EQ(challenge_parameter(R"(Bearer Error = "x", error="y")", "error"), "x");
    EXPECT_EQ(challenge_parameter("Bearer error=x", "error"), "x");
    EXPECT_EQ(challenge_parameter("Bearer error", "error"), "");
    EXPECT_EQ(challenge_parameter(R"(Bearer x="error=\"y\"")", "error"), "");
    EXPECT_EQ(challenge_parameter(R"(Bearer error="unfinished)", "error"), "unfinished");
    EXPECT_EQ(challenge_parameter(R"(Bearer error="\)", "error"), "\\");
    EXPECT_EQ(challenge_parameter("\x01, error=x", "error"), "");
}

}  // namespace
}  // namespace oauth
