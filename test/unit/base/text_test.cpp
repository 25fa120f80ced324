#include "base/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace base {
namespace {

TEST(TextTest, ControlCharactersAreThoseOfAsciiAndOfLatin1) {
    for (const std::string_view text : {"a\n", "\t", "\x7F", "\xC2\x80", "a\xC2\x9F", "\x1B["})
        EXPECT_TRUE(base::has_control_characters(text)) << text;
    EXPECT_TRUE(base::has_control_characters(std::string_view("\0", 1)));
    for (const std::string_view text : {"", "a b", "\xC2\xA0", "\xC3\x82\xC4\x80", "\xE2\x82\xAC", "\xC2"})
        EXPECT_FALSE(base::has_control_characters(text)) << text;
}

// RFC 3629 section 4
TEST(TextTest, OverlongFormsSurrogatesAndFragmentsAreNotUtf8) {
    for (const std::string_view text :
         {"\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3z", "\x80\x80\x80\x80\x80\x80",
          "\xFF\x80\x80\x80\x80\x80", "\xE2\x82z", "a\xC3"})
        EXPECT_FALSE(base::is_utf8(text)) << text;
    for (const std::string_view text : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "z\xC3\xA9z"})
        EXPECT_TRUE(base::is_utf8(text)) << text;
}

TEST(TextTest, ALongTextIsCutAndMarkedWithItsDigest) {
    const std::string longest(base::longest_shown, 'a');
    EXPECT_EQ(base::shortened(longest), longest);
    const std::string cut = base::shortened(longest + "b");
    EXPECT_EQ(cut.size(), base::longest_shown);
    EXPECT_EQ(cut.substr(0, cut.size() - 32), std::string(base::longest_shown - 35, 'a') + "...");
    EXPECT_EQ(cut.find_first_not_of("0123456789abcdef", cut.size() - 32), std::string::npos);
}

TEST(TextTest, DifferentLongTextsNeverLookTheSame) {
    const std::string one = std::string(2000, 'a') + "1";
    const std::string other = std::string(2000, 'a') + "2";
    EXPECT_NE(base::shortened(one), base::shortened(other));
    EXPECT_EQ(base::shortened(one), base::shortened(one));
    EXPECT_NE(base::shortened(base::shortened(one)),
              base::shortened(one));  // who sends what another's long text looks like
}

TEST(TextTest, ACutNeverSplitsACharacter) {
    for (std::size_t offset = 0; offset < 4; offset++) {
        std::string text(offset, 'a');
        while (text.size() < 3000)
            text += "\xF0\x9F\x98\x80";
        const std::string cut = base::shortened(text);
        EXPECT_TRUE(base::is_utf8(cut)) << offset;
        EXPECT_LE(cut.size(), base::longest_shown);
        EXPECT_NE(base::shortened(cut), cut) << offset;
    }
}

TEST(TextTest, PercentEncodingLeavesPrintableAsciiButWhatIsNamed) {
    std::string out = "x";
    base::append_percent_encoded(out, "a %,\xC3\xA9\x7F~", "%,");
    EXPECT_EQ(out, "xa %25%2C%C3%A9%7F~");
}

TEST(Invisible, IsWhatNobodySeesOrTakesForASpace) {
    for (const char32_t character :
         {U'\0',     U'\n',     U'\x7F',   U'\u0080', U'\u009F',     U'\u00A0',     U'\u00AD',    U'\u034F',
          U'\u061C', U'\u115F', U'\u17B4', U'\u180E', U'\u2003',     U'\u200B',     U'\u200F',    U'\u2028',
          U'\u202A', U'\u202E', U'\u2060', U'\u2066', U'\u2069',     U'\u2800',     U'\u3000',    U'\u3164',
          U'\uFE0F', U'\uFEFF', U'\uFFA0', U'\uFFF9', U'\U0001D173', U'\U000E0001', U'\U000E01EF'})
        EXPECT_TRUE(is_invisible(character)) << std::hex << static_cast<std::uint32_t>(character);
    for (const char32_t character : {U' ', U'~', U'ä', U'\u2010', U'\u2026', U'\u2030', U'数', U'\uFFFD', U'🙂'})
        EXPECT_FALSE(is_invisible(character)) << std::hex << static_cast<std::uint32_t>(character);
}

TEST(ValidUtf8, EachByteThatBeginsNoCharacterIsReplaced) {
    EXPECT_EQ(valid_utf8("gr\xC3\xB6\xC3\xFF"), "gr\xC3\xB6\uFFFD\uFFFD");
    EXPECT_EQ(valid_utf8("\uFFFD"), "\uFFFD");
    EXPECT_EQ(valid_utf8(""), "");
}

}  // namespace
}  // namespace base
