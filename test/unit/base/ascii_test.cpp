#include "base/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace {

// It looks at eight bytes together: each byte has to be seen at each place, whatever stands beside it.
TEST(AsciiTest, ByteByByteIsPrintableAgreesWithPrintable) {
    for (const char beside : {' ', 'a', '~'}) {
        for (std::size_t size = 1; size <= 17; size++) {
            for (std::size_t at = 0; at < size; at++) {
                std::string text(size, beside);
                for (int byte = 0; byte < 256; byte++) {
                    text[at] = static_cast<char>(byte);
                    ASSERT_EQ(base::is_printable(text), byte >= 0x20 && byte < 0x7F) << byte << " at " << at;
                }
            }
        }
    }
    EXPECT_TRUE(base::is_printable(""));
}

TEST(AsciiTest, TwoThatAreNotPrintableDoNotHideEachOther) {
    for (int low = 0; low < 256; low++) {
        for (int high = 0; high < 256; high++) {
            const std::string text{'a', static_cast<char>(low), static_cast<char>(high), 'b', 'c', 'd', 'e', 'f'};
            const auto is_fine = [](int byte) { return byte >= 0x20 && byte < 0x7F; };
            ASSERT_EQ(base::is_printable(text), is_fine(low) && is_fine(high)) << low << ' ' << high;
        }
    }
}

TEST(AsciiTest, AnEncodedByteHasTwoHexDigitsInAnyCase) {
    EXPECT_EQ(base::encoded_byte("%2fx"), 0x2F);
    EXPECT_EQ(base::encoded_byte("%fF"), 0xFF);
    EXPECT_EQ(base::encoded_byte("%00"), 0);
    for (const char* text : {"", "%", "%2", "2f", "x%2f", "%2g", "%g2", "%-1", "% 1", "%+1", "%%2f", "%\xC3\xA9"})
        EXPECT_EQ(base::encoded_byte(text), -1) << text;
}

}  // namespace
