#include "oauth/claim_text.h"

#include <gtest/gtest.h>

namespace oauth {
namespace {

std::string text_of(std::string_view claim) {
    const auto document = json::Document::parse(claim);
    EXPECT_TRUE(document) << claim;
    return claim_text(document->root()).value_or("refused");
}

TEST(ClaimText, OfAScalarIsItsPlainForm) {
    EXPECT_EQ(text_of("\"a \\\"quoted\\\" é\""), "a \"quoted\" é");
    EXPECT_EQ(text_of("-12"), "-12");
    EXPECT_EQ(text_of("1.5"), "1.5");
    EXPECT_EQ(text_of("true"), "true");
    EXPECT_EQ(text_of("false"), "false");
    EXPECT_EQ(text_of("null"), "");
}

TEST(ClaimText, OfAnArrayIsItsElementsJoinedWithCommas) {
    EXPECT_EQ(text_of("[]"), "");
    EXPECT_EQ(text_of("[\"a\"]"), "a");
    EXPECT_EQ(text_of("[\"a\",1,true,null,\"b\"]"), "a,1,true,,b");
    EXPECT_EQ(text_of("[\"\",\"\"]"), ",");
    EXPECT_EQ(text_of("[[1,2],{\"a\":[]}]"), "[1,2],{\"a\":[]}");
}

TEST(ClaimText, OfAnObjectIsJson) {
    EXPECT_EQ(text_of("{\"a\": \"x\\ny\"}"), "{\"a\":\"x\\u000ay\"}");
}

TEST(ClaimText, WithAControlCharacterIsRefused) {
    for (const std::string_view escape : {"\\r", "\\n", "\\u0000", "\\t", "\\u001b", "\\u007f", "\\u0080", "\\u009f"}) {
        EXPECT_EQ(text_of("\"a" + std::string(escape) + "b\""), "refused") << escape;
        EXPECT_EQ(text_of("[\"a\",\"" + std::string(escape) + "\"]"), "refused") << escape;
    }
    EXPECT_EQ(text_of("\"\\u00a0\""), "\u00a0");
    EXPECT_EQ(text_of("\"\\u00c2\\u0100\""), "\u00c2\u0100");
}

std::string header_of(std::string_view claim) {
    const auto document = json::Document::parse(claim);
    EXPECT_TRUE(document) << claim;
    return claim_header_text(document->root()).value_or("refused");
}

TEST(ClaimHeaderText, WithAControlCharacterIsRefused) {
    for (const std::string_view claim : {R"("a\nb")", R"(["a","\u0000"])", R"("\u0085")", R"("\u007f")"})
        EXPECT_EQ(header_of(claim), "refused") << claim;
}

TEST(ClaimHeaderText, HasNoCommaThatSeparatesNoElements) {
    EXPECT_EQ(header_of(R"(["a,admin","b"])"), "a%2Cadmin,b");
    EXPECT_EQ(header_of(R"("a,b")"), "a%2Cb");
    EXPECT_EQ(header_of(R"([[1,2],null,true,{"a":"x,y"}])"), R"([1%2C2],,true,{"a":"x%2Cy"})");
    EXPECT_EQ(header_of(R"({"a":1,"b":2})"), R"({"a":1%2C"b":2})");
}

TEST(ClaimHeaderText, KeepsSpacesThatAServerWouldStrip) {
    EXPECT_EQ(header_of(R"("  ")"), "%20%20");
    EXPECT_EQ(header_of(R"(" a b ")"), "%20a b%20");
    EXPECT_EQ(header_of(R"(["a "," b"])"), "a%20,%20b");
    EXPECT_EQ(header_of(R"(" ")"), "%20");
}

TEST(ClaimHeaderText, IsPrintableAsciiThatCanBeDecoded) {
    EXPECT_EQ(header_of(R"("J\u00fcrgen 100%")"), "J%C3%BCrgen 100%25");
    EXPECT_EQ(header_of("12.5"), "12.5");
    EXPECT_EQ(header_of("null"), "");
    EXPECT_EQ(header_of("[]"), "");
}

TEST(ClaimText, OfANumberBeyondSixtyFourBitsIsTheDigitsThatCame) {
    const auto document = json::Document::parse(R"([18446744073709551616,1e400,"a"])", {.keep_large_numbers = true});
    EXPECT_EQ(claim_text(document->root()), "18446744073709551616,1e400,a");
    EXPECT_EQ(claim_header_text(*document->root().element(0)), "18446744073709551616");
}

}  // namespace
}  // namespace oauth
