#include "report/label.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace report {
namespace {

std::string labelled(std::string_view text) {
    LabelBuffer buffer;
    return std::string(label_of(text, buffer));
}

TEST(Label, AnOrdinaryNameIsItself) {
    EXPECT_EQ(labelled("get_weather"), "get_weather");
    EXPECT_EQ(labelled(""), "");
    EXPECT_EQ(labelled("w\xC3\xA4hlen \"x\" \\"), "w\xC3\xA4hlen \"x\" \\");
}

TEST(Label, ControlCharactersBecomeReplacementCharacters) {
    using namespace std::string_literals;
    EXPECT_EQ(labelled("a\0b"s),
              "a\xEF\xBF\xBD"s
              "b");
    EXPECT_EQ(labelled("a\nb"),
              "a\xEF\xBF\xBD"s
              "b");
    EXPECT_EQ(labelled("a\xC2\x85"), "a\xEF\xBF\xBD");
}

TEST(Label, BytesThatAreNoUtf8BecomeReplacementCharacters) {
    EXPECT_EQ(labelled("a\xFF"), "a\xEF\xBF\xBD");
    EXPECT_EQ(labelled("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(labelled("\xE2\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Label, IsCutBetweenCharactersAtItsLongest) {
    EXPECT_EQ(labelled(std::string(longest_label, 'x')).size(), longest_label);
    EXPECT_EQ(labelled(std::string(longest_label + 1, 'x')).size(), longest_label);
    EXPECT_EQ(labelled(std::string(1024 * 1024, '\0')).size(), longest_label / 3 * 3);
    for (std::size_t before = 0; before < 4; before++) {
        std::string text(longest_label - before, 'x');
        text += "\xF0\x9F\x98\x80";
        EXPECT_TRUE(base::is_utf8(labelled(text))) << before;
        EXPECT_LE(labelled(text).size(), longest_label) << before;
    }
}

TEST(Label, OfALabelIsTheSame) {
    for (const std::string& text : {std::string("a\0b\xFF", 4), std::string(500, '\xC3'), std::string("\xEF\xBF\xBD")})
        EXPECT_EQ(labelled(labelled(text)), labelled(text));
}

}  // namespace
}  // namespace report
