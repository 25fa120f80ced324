#include "report/export_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace report {
namespace {

using std::chrono::milliseconds;

// OTLP/HTTP: "Retryable Response Codes"
TEST(Delivery, IsTriedAgainForFourStatusesAlone) {
    for (const long status : {200L, 202L, 204L})
        EXPECT_EQ(delivery(status), Delivery::done) << status;
    for (const long status : {429L, 502L, 503L, 504L})
        EXPECT_EQ(delivery(status), Delivery::again) << status;
    for (const long status : {0L, 100L, 301L, 307L, 400L, 401L, 404L, 413L, 500L, 501L, 999L})
        EXPECT_EQ(delivery(status), Delivery::lost) << status;
}

TEST(RetryDelay, DoublesUpToABound) {
    EXPECT_EQ(retry_delay(1, 0), milliseconds(1000));
    EXPECT_EQ(retry_delay(2, 0), milliseconds(2000));
    EXPECT_EQ(retry_delay(5, 0), milliseconds(16000));
    EXPECT_EQ(retry_delay(6, 0), milliseconds(30000));
    EXPECT_EQ(retry_delay(4000000000U, 0), milliseconds(30000));
    for (const std::uint32_t random : {1U, 12345U, 4294967295U}) {
        EXPECT_LE(retry_delay(3, random), milliseconds(4000));
        EXPECT_GE(retry_delay(3, random), milliseconds(2000));
    }
}

std::string error_of(std::string_view text) {
    const auto headers = read_header_lines(text);
    return headers ? "none" : headers.error();
}

TEST(HeaderLines, AreNamesAndValues) {
    const auto headers = read_header_lines("Authorization: Bearer abc\r\n\nX-Scope-OrgID:1\n");
    ASSERT_TRUE(headers);
    ASSERT_EQ(headers->size(), 2U);
    EXPECT_EQ((*headers)[0].reveal(), "Authorization: Bearer abc");
    EXPECT_EQ((*headers)[1].reveal(), "X-Scope-OrgID:1");
    EXPECT_TRUE(read_header_lines("")->empty());
}

TEST(HeaderLines, ThatAreNoneAreRefusedWithoutBeingShown) {
    for (const std::string& line :
         {std::string("secret"), std::string(": secret"), std::string("Na me: secret"), std::string(" Name: secret"),
          std::string("Name:"), std::string("Name:  "), std::string("Name: sec\rret"),
          std::string("Name: s\xC3\xA9"
                      "cret"),
          std::string("Name: secret\0", 13), std::string("N\xC3\xA4me: secret")}) {
        EXPECT_EQ(error_of("A: b\n" + line + "\n"), "line 2 is not like \"Name: value\"") << line;
    }
}

TEST(HeaderLines, DoNotReplaceWhatTheExporterSays) {
    for (const char* name : {"Content-Type", "content-length", "HOST", "Transfer-Encoding", "Connection", "Expect"})
        EXPECT_EQ(error_of(std::string(name) + ": x"), "line 1 sets a header that the exporter sets itself");
}

TEST(HeaderLines, AreAtMost32) {
    std::string lines;
    for (int i = 0; i < 32; i++)
        lines += "A: b\n";
    EXPECT_TRUE(read_header_lines(lines));
    EXPECT_EQ(error_of(lines + "A: b"), "it has more than 32 headers");
}

}  // namespace
}  // namespace report
