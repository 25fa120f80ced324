#include "report/page/html.h"

#include <gtest/gtest.h>

#include <string>

namespace report::page {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Escaped, NothingEndsAnElementOrAnAttribute) {
    EXPECT_EQ(escaped(R"(<script>alert("x")</script>&'`)"),
              "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;`");
}

TEST(Escaped, WhatIsInvisibleIsShown) {
    EXPECT_EQ(escaped(std::string_view("a\0b\n", 4)), "a[U+0000]b[U+000A]");
    EXPECT_EQ(escaped("x\u202Ey\u2028z\uFEFF\u200B\u2066"), "x[U+202E]y[U+2028]z[U+FEFF][U+200B][U+2066]");
    EXPECT_EQ(escaped("\U000E0041"), "[U+E0041]");
    EXPECT_EQ(escaped("a\u00A0\u0085\u00AD\u200F\u034F"), "a[U+00A0][U+0085][U+00AD][U+200F][U+034F]");
}

TEST(Escaped, OtherTextStays) {
    EXPECT_EQ(escaped("größe 数 🙂 ‑"), "größe 数 🙂 ‑");
}

TEST(Escaped, BytesThatAreNoUtf8AreReplacedOneByOne) {
    EXPECT_EQ(escaped("a\xFF\xC3"), "a\uFFFD\uFFFD");
    EXPECT_EQ(escaped("\xC3<b>"), "\uFFFD&lt;b&gt;") << "a half character takes nothing with it";
    EXPECT_EQ(escaped("\xC0\xBC"), "\uFFFD\uFFFD") << "an overlong <";
}

TEST(Prose, MarksCodeAndNamesTheLinkedPage) {
    EXPECT_EQ(prose("Send `Authorization: <x>`."), "Send <code>Authorization: &lt;x&gt;</code>.");
    EXPECT_EQ(prose("See [Keys](TROUBLESHOOTING.md#keys) & more"), "See Keys (docs/TROUBLESHOOTING.md) &amp; more");
    EXPECT_EQ(prose("[OPERATIONS](OPERATIONS.md)"), "docs/OPERATIONS.md");
    EXPECT_EQ(prose("no end `x"), "no end <code>x</code>");
    EXPECT_EQ(prose("a [b"), "a b (docs/)");
}

TEST(Plain, HasNoMarkup) {
    EXPECT_EQ(plain("Send `Authorization: <x>`."), "Send Authorization: <x>.");
    EXPECT_EQ(plain("See [Keys](TROUBLESHOOTING.md#keys)."), "See Keys (docs/TROUBLESHOOTING.md).");
}

TEST(Numbers, AreEasyToRead) {
    EXPECT_EQ(number(0), "0");
    EXPECT_EQ(number(999), "999");
    EXPECT_EQ(number(1000), "1,000");
    EXPECT_EQ(number(1234567), "1,234,567");
    EXPECT_EQ(percent(1, 3), "33%");
    EXPECT_EQ(percent(1, 30), "3.3%");
    EXPECT_EQ(percent(1, 100000), "under 0.1%");
    EXPECT_EQ(percent(0, 0), "0%");
    EXPECT_EQ(latency(std::nullopt), "–");
    EXPECT_EQ(latency(0.0042), "4.2 ms");
    EXPECT_EQ(latency(0.42), "420 ms");
    EXPECT_EQ(latency(4.25), "4.2 s");
    EXPECT_EQ(latency(75), "75 s");
}

TEST(Times, AreUtc) {
    EXPECT_EQ(date_and_time(milliseconds(0)), "1970-01-01 00:00:00");
    EXPECT_EQ(date_and_time(milliseconds(1769903999999)), "2026-01-31 23:59:59");
    EXPECT_EQ(time_of_day(milliseconds(1769903999999)), "23:59");
    EXPECT_EQ(span_of_time(seconds(-1)), "0 s");
    EXPECT_EQ(span_of_time(seconds(119)), "119 s");
    EXPECT_EQ(span_of_time(seconds(7199)), "119 min");
    EXPECT_EQ(span_of_time(seconds(7200)), "2 h");
    EXPECT_EQ(span_of_time(seconds(172800)), "2 days");
}

}  // namespace
}  // namespace report::page
