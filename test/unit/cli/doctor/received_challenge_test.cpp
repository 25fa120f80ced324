#include "cli/doctor/received_challenge.h"

#include <gtest/gtest.h>

namespace cli::doctor {
namespace {

TEST(DoctorChallenge, ReadsWhatClientsRead) {
    const auto challenge = parse_challenge(
        R"(Bearer error="invalid_token",  resource_metadata="https://a/b", Scope = mcp:read , note="a \"quoted\" word")");
    EXPECT_FALSE(challenge);  // a colon is no character of a token: the scope needs quotes
    const auto good =
        parse_challenge(R"(bEARER resource_metadata="https://a/b", Scope = "x y" ,note="a \"q\" \\",k=v)");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->scheme, "bearer");
    EXPECT_EQ(good->parameter("resource_metadata"), "https://a/b");
    EXPECT_EQ(good->parameter("scope"), "x y");
    EXPECT_EQ(good->parameter("note"), R"(a "q" \)");
    EXPECT_EQ(good->parameter("k"), "v");
    EXPECT_EQ(good->parameter("error"), "");
}

TEST(DoctorChallenge, TakesASchemeAlone) {
    ASSERT_TRUE(parse_challenge("Bearer"));
    EXPECT_TRUE(parse_challenge(" Bearer ")->parameters.empty());
}

TEST(DoctorChallenge, RefusesWhatClientsMisread) {
    for (const std::string_view text :
         {"", "=", R"(Bearer a="x)", R"(Bearer a="x\)", R"(Bearer a="1", A="2")", R"(Bearer a="1" b="2")",
          R"(Basic realm="x", Bearer a="1")", "Bearer a=", "Bearer a"})
        EXPECT_FALSE(parse_challenge(text)) << text;
}

}  // namespace
}  // namespace cli::doctor
