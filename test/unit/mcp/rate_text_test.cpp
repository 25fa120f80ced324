#include "mcp/rate_text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace mcp {
namespace {

using namespace std::chrono_literals;

TEST(RateTextTest, WhatIsNotARateIsRefused) {
    for (const auto* text :
         {"",        "r",         "r/s",      "/s",       "100",        "100r",          "100r/",
          "100/s",   "100r/d",    "100r/ms",  "100r/S",   "100R/s",     "100r/s ",       " 100r/s",
          "100 r/s", "100r /s",   "100r/ s",  "+100r/s",  "-100r/s",    "0r/s",          "00r/s",
          "007r/m",  "1.5r/s",    "1e3r/s",   "0x10r/s",  "1000001r/s", "4294967297r/s", "18446744073709551617r/s",
          "100r/s;", "100r/sr/s", "1,000r/s", "100r/m\n", "١r/s"})
        EXPECT_FALSE(read_rate(text)) << text;
    EXPECT_FALSE(read_rate(std::string_view("100r/s\0", 7)));
    EXPECT_FALSE(read_rate(std::string_view("1\0r/s", 5)));
}

TEST(RateTextTest, ARateIsANumberAndAUnit) {
    EXPECT_EQ(read_rate("1r/s")->requests, 1U);
    EXPECT_EQ(read_rate("1r/s")->period, 1s);
    EXPECT_EQ(read_rate("100r/m")->requests, 100U);
    EXPECT_EQ(read_rate("100r/m")->period, 1min);
    EXPECT_EQ(read_rate("1000000r/h")->requests, Rate::most);
    EXPECT_EQ(read_rate("1000000r/h")->period, 1h);
    EXPECT_EQ(read_rate("1r/s")->burst, 0U);
    EXPECT_EQ(read_rate("1r/s")->algorithm, LimitAlgorithm::gcra);
}

TEST(RateTextTest, ABurstIsANumberWithinBounds) {
    for (const auto* text : {"", " ", "-1", "+1", "01", "00", "1 ", "1.0", "1000001", "99999999999999999999", "x"})
        EXPECT_FALSE(read_burst(text)) << text;
    EXPECT_EQ(read_burst("0"), 0U);
    EXPECT_EQ(read_burst("20"), 20U);
    EXPECT_EQ(read_burst("1000000"), Rate::most);
}

TEST(RateTextTest, AnAlgorithmIsCalledExactlyWhatItIs) {
    for (const auto* text : {"", "GCRA", "gcra ", "fixed-window", "fixedwindow", "leaky_bucket"})
        EXPECT_FALSE(read_limit_algorithm(text)) << text;
    for (const auto* text : {"gcra", "fixed_window", "token_bucket", "sliding_window"})
        EXPECT_EQ(limit_algorithm_name(read_limit_algorithm(text).value()), text);
}

TEST(RateTextTest, ARateIsWrittenAsItIsRead) {
    for (const auto* text : {"1r/s", "100r/m", "1000000r/h"})
        EXPECT_EQ(rate_text(read_rate(text).value()), text);
}

}  // namespace
}  // namespace mcp
