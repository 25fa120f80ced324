#include "base/form.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

TEST(FormTest, LettersDigitsAndFourSignsStay) {
    EXPECT_EQ(base::form_encode("azAZ09*-._"), "azAZ09*-._");
}

TEST(FormTest, ASpaceBecomesAPlusAndAPlusIsEscaped) {
    EXPECT_EQ(base::form_encode("a b+c"), "a+b%2Bc");
}

TEST(FormTest, SeparatorsCannotBeSmuggledIn) {
    EXPECT_EQ(base::form_encode("x&active=1%"), "x%26active%3D1%25");
}

TEST(FormTest, EveryOtherByteIsEscaped) {
    EXPECT_EQ(base::form_encode(std::string("\0\n~\xC3\xA4\xFF", 6)), "%00%0A%7E%C3%A4%FF");
}

}  // namespace
}  // namespace base
