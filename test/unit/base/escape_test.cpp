#include "base/escape.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace base {
namespace {

std::string unicode_escape(char32_t character) {
    std::string out;
    append_unicode_escape(out, character);
    return out;
}

TEST(Escape, HexHasTwoDigitsForEachByte) {
    constexpr std::array<unsigned char, 4> bytes = {0x00, 0x0f, 0xa0, 0xff};
    EXPECT_EQ(hex(bytes), "000fa0ff");
    EXPECT_EQ(hex({}), "");
    std::string out = "0x";
    append_hex(out, bytes);
    EXPECT_EQ(out, "0x000fa0ff");
}

TEST(Escape, PercentEncodingHasCapitals) {
    std::string out;
    append_percent_encoded(out, 0x0A);
    append_percent_encoded(out, 0xFF);
    EXPECT_EQ(out, "%0A%FF");
}

TEST(Escape, CharactersBeyondSixteenBitsAreTwoUnitsOfUtf16) {
    EXPECT_EQ(unicode_escape(0), "\\u0000");
    EXPECT_EQ(unicode_escape(0x202E), "\\u202e");
    EXPECT_EQ(unicode_escape(0xFFFF), "\\uffff");
    EXPECT_EQ(unicode_escape(0x10000), "\\ud800\\udc00");
    EXPECT_EQ(unicode_escape(0x1F600), "\\ud83d\\ude00");
    EXPECT_EQ(unicode_escape(0x10FFFF), "\\udbff\\udfff");
}

}  // namespace
}  // namespace base
