#include "authority/answer.h"

#include <gtest/gtest.h>

#include <array>
#include <span>
#include <string>

namespace authority {
namespace {

constexpr std::string_view url = "https://as.example/token";

std::string described(const Answer& answer, std::span<const std::string_view> secrets = {}) {
    return answer.describe(url, secrets);
}

TEST(Answer, WhatAServerRepeatsOfOurSecretsIsNotTold) {
    const std::array<std::string_view, 2> secrets = {"hunter2-and-more", "bW9yZTpodW50ZXIy"};
    const Answer answer{
        .status = 400, .body = R"({"error":"invalid_client","error_description":"hunter2-and-more bW9yZTpodW50ZXIy"})"};
    const std::string text = described(answer, secrets);
    EXPECT_FALSE(text.contains("hunter2")) << text;
    EXPECT_FALSE(text.contains("bW9yZT")) << text;
    EXPECT_TRUE(text.starts_with(R"("https://as.example/token" gave status 400, "invalid_client")")) << text;
}

TEST(Answer, WhatAServerSaysIsOnePrintableLine) {
    const Answer answer{
        .status = 400,
        .body = R"({"error":"a\nb\u001b[31m","error_description":"\u2028)" + std::string(5000, 'x') + "\"}"};
    const std::string text = described(answer);
    EXPECT_LT(text.size(), 500U);
    for (const char c : text)
        EXPECT_TRUE(c >= ' ' && c <= '~') << text;
}

TEST(Answer, TheUrlIsToldWithoutUserAndQuery) {
    const std::string text = Answer{.status = 500}.describe("https://user:pass@as.example/x?key=secret", {});
    EXPECT_FALSE(text.contains("pass") || text.contains("secret")) << text;
}

TEST(Answer, WithoutAStatusNothingCame) {
    const Answer answer{.error = oauth::Error::server_unreachable, .note = "could not connect"};
    EXPECT_EQ(described(answer), R"("https://as.example/token": could not connect)");
    EXPECT_EQ(described({}), R"("https://as.example/token")");
}

TEST(Answer, AChallengeSaysWhatNoBodySays) {
    const Answer answer{.status = 401, .challenge = R"(Basic realm="x", error="invalid_client")"};
    EXPECT_EQ(described(answer), R"("https://as.example/token" gave status 401, "invalid_client")");
}

TEST(Answer, ItsViewSaysAllThatItHolds) {
    const Answer answer{.status = 503, .body = "b", .content_encoding = "gzip", .retry_after = "7", .challenge = "c"};
    const oauth::ServerAnswer view = answer.view();
    EXPECT_EQ(view.status, 503);
    EXPECT_EQ(view.body, "b");
    EXPECT_EQ(view.content_encoding, "gzip");
    EXPECT_EQ(view.retry_after, "7");
    EXPECT_EQ(view.challenge, "c");
}

}  // namespace
}  // namespace authority
