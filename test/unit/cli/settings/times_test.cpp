#include "cli/settings/times.h"

#include <gtest/gtest.h>

#include <string>

namespace cli {
namespace {

TEST(TimesTest, TimesAreNginxs) {
    for (const std::string good : {"0", "30", "30s", "1m30s", "1w", "1y1M1w1d1h1m1s", "1h30"})
        EXPECT_TRUE(is_time(good)) << good;
    for (const std::string good : {"500ms", "1s500ms"}) {
        EXPECT_FALSE(is_time(good)) << good;
        EXPECT_TRUE(is_fine_time(good)) << good;
    }
    for (const std::string wrong :
         {"", "s", "1 s", "1s1m", "1s1s", "1x", "-1", "1.5s", "30s;", "123456789", "5 30s", "$x", "5ms1s"})
        EXPECT_FALSE(is_fine_time(wrong)) << wrong;
    EXPECT_EQ(whole_seconds("1m500ms"), "1m");
    EXPECT_EQ(whole_seconds("500ms"), "0s");
    EXPECT_EQ(whole_seconds("30s"), "30s");
}

TEST(TimesTest, AreReadUnitByUnit) {
    EXPECT_EQ(read_seconds("30s"), 30);
    EXPECT_EQ(read_seconds("30"), 30);
    EXPECT_EQ(read_seconds("1h30m"), 5400);
    EXPECT_EQ(read_seconds("1h 30m"), 5400);
    EXPECT_EQ(read_seconds("1w"), 604800);
    EXPECT_EQ(read_seconds("1m30"), 90);
    for (const char* text :
         {"", "s", "30m1h", "1h1h", "500ms", "1x", "-1s", "1.5s", " 30s", "30s ", "99999999999s", "30 s"})
        EXPECT_FALSE(read_seconds(text)) << text;
    EXPECT_EQ(read_milliseconds("500ms"), 500);
    EXPECT_EQ(read_milliseconds("1s500ms"), 1500);
    EXPECT_FALSE(read_milliseconds("1y"));
    EXPECT_FALSE(read_milliseconds("1M"));
}

TEST(TimesTest, EveryUnitCounts) {
    EXPECT_EQ(read_seconds("1y1M1w1d1h1m1s"), 34'822'861);
    EXPECT_EQ(read_seconds("1h30"), 3630);
    EXPECT_EQ(read_milliseconds("1s500ms"), 1500);
    EXPECT_EQ(read_milliseconds("1y"), std::nullopt);
    EXPECT_GT(read_seconds("99999999y99999999M99999999w"), 0);
}

}  // namespace
}  // namespace cli
