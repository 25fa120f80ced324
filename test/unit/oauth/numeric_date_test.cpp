#include "oauth/numeric_date.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

namespace oauth {
namespace {

std::optional<NumericDate> date(std::string_view json, Rounding rounding = Rounding::down) {
    const auto document = json::Document::parse(json);
    EXPECT_TRUE(document) << json;
    return numeric_date(document->root(), rounding);
}

TEST(NumericDate, IsANumberOfSeconds) {
    EXPECT_EQ(date("0"), 0);
    EXPECT_EQ(date("1700000000"), 1700000000);
    EXPECT_EQ(date("1.7e9"), 1700000000);
    EXPECT_EQ(date("1700000000.0", Rounding::up), 1700000000);
}

TEST(NumericDate, AFractionIsRoundedAsAsked) {
    EXPECT_EQ(date("99.999", Rounding::down), 99);
    EXPECT_EQ(date("99.999", Rounding::up), 100);
    EXPECT_EQ(date("100.001", Rounding::down), 100);
    EXPECT_EQ(date("100.001", Rounding::up), 101);
    EXPECT_EQ(date("5e-324", Rounding::down), 0);
    EXPECT_EQ(date("5e-324", Rounding::up), 1);
}

TEST(NumericDate, EndsWithTheYear9999) {
    EXPECT_EQ(date("253402300799"), 253402300799);
    EXPECT_EQ(date("253402300799.0"), 253402300799);
    for (const char* late : {"253402300800", "253402300799.5", "9223372036854775807", "9223372036854775808",
                             "18446744073709551615", "1e18", "1e308"})
        EXPECT_EQ(date(late), std::nullopt) << late;
}

TEST(NumericDate, IsNotNegative) {
    for (const char* early : {"-1", "-0.5", "-1e-300", "-9223372036854775808", "-1e308"})
        EXPECT_EQ(date(early, Rounding::up), std::nullopt) << early;
    EXPECT_EQ(date("-0.0"), 0);
}

TEST(NumericDate, IsNothingButANumber) {
    for (const char* other : {R"("1700000000")", R"("")", R"("NaN")", R"("Infinity")", "null", "true", "false", "[]",
                              "[1700000000]", "{}", R"({"exp":1700000000})"})
        EXPECT_EQ(date(other), std::nullopt) << other;
}

}  // namespace
}  // namespace oauth
