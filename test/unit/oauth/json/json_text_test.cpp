#include "oauth/json/json_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "support/json_documents.h"

namespace oauth::json {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using support::parsed;

TEST(JsonText, IsCompact) {
    EXPECT_EQ(parsed(R"( { "a" : [ 1 , -2 , 1.5 , true , false , null , "s" , { } , [ ] ] , "b" : { "c" : 1 } } )")
                  .root()
                  .to_json(),
              R"({"a":[1,-2,1.5,true,false,null,"s",{},[]],"b":{"c":1}})");
}

TEST(JsonText, ControlCharactersAreEscaped) {
    for (unsigned code = 0; code < 0xA0; ++code) {
        if (code >= 0x20 && code < 0x7F) continue;
        constexpr std::string_view hex = "0123456789abcdef";
        const std::string text = "\"\\u00"s + hex[code >> 4U] + hex[code & 0x0FU] + "\"";
        EXPECT_EQ(parsed(text).root().to_json(), text);
        EXPECT_EQ(parsed("{" + text + ":1}").root().to_json(), "{" + text + ":1}");
    }
}

TEST(JsonText, QuotesAndBackslashesAreEscapedAndOtherCharactersAreNot) {
    EXPECT_EQ(parsed(R"("\"\\\/\u0041\u00a0\u00e9\u20ac\ud83d\ude00")").root().to_json(),
              "\"\\\"\\\\/A\xC2\xA0\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

TEST(JsonText, NumbersKeepTheirKindAndValue) {
    for (const auto text :
         {"0"sv, "-1"sv, "9223372036854775807"sv, "-9223372036854775808"sv, "18446744073709551615"sv, "1.0"sv, "-0.0"sv,
          "0.1"sv, "1e+300"sv, "5e-324"sv, "1.7976931348623157e+308"sv, "1e+05"sv, "123456.5"sv})
        EXPECT_EQ(parsed(text).root().to_json(), text);
    const auto large = parsed("1e22");
    EXPECT_EQ(parsed(large.root().to_json()).root(), large.root());
}

TEST(JsonText, QuotedGivesTheStringBack) {
    for (const auto text : {""sv, "a"sv, "\0\x1F\x7F"sv, "\"\\/"sv, "\xC2\x80\xC2\x9F\xC2\xA0"sv, "\xE2\x82\xAC"sv})
        EXPECT_EQ(parsed(json::quoted(text)).root().string(), text);
}

// Callers quote a client's bytes to learn whether they are UTF-8.
TEST(JsonText, QuotedDoesNotRepairInvalidUtf8) {
    for (const auto text : {"\xC2"sv, "\xC2\x41"sv, "\x80"sv, "\xC2\xC2\x80"sv, "\xE2\x82"sv})
        EXPECT_FALSE(Document::parse(json::quoted(text))) << text;
}

TEST(JsonExcerpt, IsTheWholeTextWhereThatIsShort) {
    EXPECT_EQ(excerpt(""), "\"\"");
    EXPECT_EQ(excerpt("a\"b\n"), "\"a\\\"b\\u000a\"");
    const std::string text(longest_excerpt - 2, 'x');
    EXPECT_EQ(excerpt(text), '"' + text + '"');
}

// U+202E turns round what follows it, U+2028 begins a line, U+200B hides: all in terminals that show a log.
TEST(JsonExcerpt, IsAsciiAlone) {
    EXPECT_EQ(excerpt("a\u202Eb\u2028c\u200B\u00E9\U0001F600\u0085\x7F"),
              R"("a\u202eb\u2028c\u200b\u00e9\ud83d\ude00\u0085\u007f")");
    EXPECT_EQ(excerpt("\xE2\x80"), R"("\ufffd\ufffd")");
}

TEST(JsonExcerpt, IsNeverLongAndIsCutBetweenCharacters) {
    for (const std::string_view unit : {"x", "\x01", "\"", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
        for (std::size_t count = 1; count < 300; ++count) {
            std::string text;
            for (std::size_t i = 0; i < count; ++i)
                text += unit;
            const std::string shown = excerpt(text);
            ASSERT_LE(shown.size(), longest_excerpt);
            ASSERT_GE(shown.size(), std::min(text.size(), longest_excerpt - 14)) << shown;  // a pair is 12 bytes
            const auto read = parsed(shown.substr(0, shown.rfind('"') + 1));
            ASSERT_TRUE(text.starts_with(*read.root().string())) << shown;
            ASSERT_EQ(shown.ends_with("..."), read.root().string() != text) << shown;
        }
}

}  // namespace
}  // namespace oauth::json
