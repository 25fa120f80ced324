#include "cli/terminal.h"

#include <gtest/gtest.h>

#include <string>

#include "oauth/json/json.h"
#include "oauth/json/json_text.h"

namespace cli {
namespace {

TEST(PrintableTest, PrintableAsciiStaysAsItIs) {
    EXPECT_EQ(printable(R"(a "quoted" \ ~!)"), R"(a "quoted" \ ~!)");
    EXPECT_EQ(printable(""), "");
}

TEST(PrintableTest, ControlCharactersAreEscaped) {
    EXPECT_EQ(printable(std::string_view("\0\x1b[31m\r\n\t\x7f", 10)), R"(\u0000\u001b[31m\u000d\u000a\u0009\u007f)");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              R"(\u009b31m)");
}

TEST(PrintableTest, NothingTurnsHidesOrBreaksText) {
    EXPECT_EQ(printable("\u202e\u202a\u2066\u2069\u200e\u061c"), R"(\u202e\u202a\u2066\u2069\u200e\u061c)");
    EXPECT_EQ(printable("\u2028\u2029"), R"(\u2028\u2029)");
    EXPECT_EQ(printable("\u200b\u200d\ufeff\u00ad"), R"(\u200b\u200d\ufeff\u00ad)");
    EXPECT_EQ(printable("\U000e0041"), R"(\udb40\udc41)");
}

TEST(PrintableTest, BytesThatAreNoUtf8AreShownOneByOne) {
    EXPECT_EQ(printable("a\xFF\x9B\xC0\xAF"), R"(a\xff\x9b\xc0\xaf)");
    EXPECT_EQ(printable("\xE2\x80"), R"(\xe2\x80)");
    EXPECT_EQ(printable("\xED\xA0\x80"), R"(\xed\xa0\x80)");
}

TEST(PrintableTest, AJsonStringGoesOnMeaningTheSame) {
    const std::string text = "caf\u00e9 \U0001f600 \u202e";
    const auto document = oauth::json::Document::parse(printable(oauth::json::quoted(text)));
    ASSERT_TRUE(document);
    EXPECT_EQ(document->root().string(), text);
}

TEST(ShownTest, AUrlIsShownWithoutWhatMayBeSecret) {
    EXPECT_EQ(shown("https://user:secret@as.example/keys?key=secret"), R"("https://...@as.example/keys?...")");
    EXPECT_EQ(shown("user:secret@backend:80"), R"("...@backend:80")");
    EXPECT_EQ(shown("backend"), R"("backend")");
}

TEST(ShownTest, AKeySetOrATokenIsNotShownAtAll) {
    for (const char* value : {R"({"keys":[{"k":"secret"}]})", " {", "eyJhbGciOiJub25lIn0.e30.", "Bearer secret"})
        EXPECT_EQ(shown(value), R"("...")");
}

}  // namespace
}  // namespace cli
