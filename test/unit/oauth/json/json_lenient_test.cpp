#include "oauth/json/json_lenient.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oauth/json/json.h"

namespace oauth::json {
namespace {

TEST(JsonLenientTest, WhatIsNoNumberIsNotReplaced) {
    for (const std::string_view text : {"01e400", "00123456789012345678901234567890", "1e", "1e+", "1.e400", "-",
                                        "--1e400", "1e400.5", "1e400e1", "+1e400", "1.2.3", "0x1e400", "1e4001-"})
        EXPECT_FALSE(without_unreadable_values("[1e400," + std::string(text) + "]") &&
                     Document::parse(*without_unreadable_values("[1e400," + std::string(text) + "]")))
            << text;
}

TEST(JsonLenientTest, ALoneSurrogateInAMembersNameIsNotReplaced) {
    for (const std::string_view text :
         {R"({"\ud800":1})", R"({"a\udfff" : 1})", "{\"\\ud800\"\n\t:1}", R"([1e400,{"\uDBFF":1}])"})
        EXPECT_FALSE(without_unreadable_values(text)) << text;
}

TEST(JsonLenientTest, TextWithoutSuchValuesIsLeftToTheStrictParser) {
    for (const std::string_view text :
         {"", "{", "\"", "\"\\", "\"\\u", "{}", R"({"a":[1,-2,18446744073709551615,-9223372036854775808,true]})",
          R"(["\ud83d\ude00","\u0041","\\ud800","\"\\\"","\uD83D\\uDE00)"})
        EXPECT_FALSE(without_unreadable_values(text)) << text;
}

TEST(JsonLenientTest, UnreadableValuesAreReplacedByReadableOnesOfTheSameLength) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"[18446744073709551616]", "[0.0                 ]"},
        {"[-9223372036854775809,1]", "[0.0                 ,1]"},
        {"1e400", "0.0  "},
        {"-1.25E+999", "0.0       "},
        {"[1.5]", "[0.0]"},
        {R"(["\ud800"])", R"(["\uFFFD"])"},
        {R"(["\uDC00\ud83d\ude00"])", R"(["\uFFFD\ud83d\ude00"])"},
        {R"(["\ud83d\ud83d\ude00"])", R"(["\uFFFD\ud83d\ude00"])"},
        {R"(["\ud800\\udc00"])", R"(["\uFFFD\\udc00"])"},
        {R"({"a":"\ud800","1e400":"1e400"})", R"({"a":"\uFFFD","1e400":"1e400"})"},
    };
    for (const auto& [text, result] : cases) {
        EXPECT_EQ(without_unreadable_values(text), result) << text;
        EXPECT_TRUE(Document::parse(result)) << result;
    }
}

TEST(JsonLenientTest, ASyntaxErrorStaysOne) {
    for (const std::string_view text :
         {"[1e400", "1e400 1", "[1e400,]", "{1e400:1}", "1e400x", "x1e400", "true1e400", "\"a\"1e400", "[1e400 2]",
          "1e400//", R"(["\ud800])", R"(["\ud800\x"])", R"(["\ud800\ud80"])", "[\"\\ud800\n\"]", "[\"\\ud800\xFF\"]",
          R"({"a":1e400,"a":1})"}) {
        const auto result = without_unreadable_values(text);
        EXPECT_FALSE(result && Document::parse(*result)) << text;
    }
}

TEST(JsonLenientTest, WhyAValueCannotBeReadIsTold) {
    EXPECT_EQ(refusal_of_number("[1,1e400]"), Error::document_number_too_large);
    for (const std::string_view text : {"[01]", "[1e400,01]", "[1,2]", "{1e400:1}", "[1e400,\"", "1e-400"})
        EXPECT_EQ(refusal_of_number(text), Error::document_not_json) << text;
    EXPECT_EQ(refusal_of_string(R"(["\ud83d\ude00","\ud800"])"), Error::document_half_surrogate);
    EXPECT_EQ(refusal_of_string(R"({"\udc00":1})"), Error::document_half_surrogate);
    for (const std::string_view text : {R"(["\x"])", R"(["\ud83d\ude00"])", R"(["\\ud800"])", R"(["\ud8"])"})
        EXPECT_EQ(refusal_of_string(text), Error::document_not_json) << text;
}

TEST(JsonLenientTest, LargeNumbersAreQuotedAndCountedAmongTheStrings) {
    using Places = std::vector<std::size_t>;
    const auto quoted = with_large_numbers_in_quotes(R"({"a":1e400,"b":["1e400",1,-18446744073709551616,"\"1e400"]})");
    EXPECT_EQ(quoted.text, R"({"a":"1e400","b":["1e400",1,"-18446744073709551616","\"1e400"]})");
    EXPECT_EQ(quoted.strings, (Places{1, 4}));
    for (const std::string_view text : {"", "[1,1.5,1e-400,18446744073709551615]", "{1e400:1}", R"(["1e400"])"})
        EXPECT_EQ(with_large_numbers_in_quotes(text).text, text);
}

}  // namespace
}  // namespace oauth::json
