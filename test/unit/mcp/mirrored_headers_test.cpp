#include "mcp/mirrored_headers.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mcp {
namespace {

constexpr std::string_view call =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})";

struct Headers {
    std::vector<std::string_view> version;
    std::vector<std::string_view> method;
    std::vector<std::string_view> name;
};

bool agree(const Headers& headers, std::string_view body, bool obliged = true) {
    const auto message = Message::parse(body);
    EXPECT_TRUE(message) << body;
    return message && check_agreement({headers.version, headers.method, headers.name}, *message, obliged).has_value();
}

// SPEC 32, 33
TEST(MirroredHeadersTest, AllThreeHeadersThatSayWhatTheBodySaysPass) {
    EXPECT_TRUE(agree({{"2026-07-28"}, {"tools/call"}, {"echo"}}, call));
}

TEST(MirroredHeadersTest, AMissingHeaderIsAMismatchOnlyWhereTheVersionObliges) {
    EXPECT_FALSE(agree({{"2026-07-28"}, {}, {"echo"}}, call));
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call"}, {}}, call));
    const std::string_view old = R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}})";
    EXPECT_TRUE(agree({{"2025-11-25"}, {}, {}}, old, false));
}

TEST(MirroredHeadersTest, AHeaderThatDisagreesIsAMismatchInEveryVersion) {
    for (const bool obliged : {true, false}) {
        EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/list"}, {"echo"}}, call, obliged));
        EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call"}, {"safe"}}, call, obliged));
    }
}

// SPEC 37
TEST(MirroredHeadersTest, ValuesAreComparedWithRegardToCase) {
    EXPECT_FALSE(agree({{"2026-07-28"}, {"Tools/Call"}, {"echo"}}, call));
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call"}, {"Echo"}}, call));
}

TEST(MirroredHeadersTest, ADoubledOrCommaJoinedHeaderIsAMismatch) {
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call", "tools/call"}, {"echo"}}, call));
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call"}, {"echo", "echo"}}, call));
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call"}, {"echo, echo"}}, call));
}

TEST(MirroredHeadersTest, ANameForAnOperationWithoutOneIsAMismatch) {
    const std::string_view list = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";
    EXPECT_TRUE(agree({{"2026-07-28"}, {"tools/list"}, {}}, list));
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/list"}, {"echo"}}, list));
}

// SPEC 95
TEST(MirroredHeadersTest, ATaskIsNamedByItsId) {
    for (const char* method : {"tasks/get", "tasks/update", "tasks/cancel"}) {
        const std::string body = R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) +
                                 R"(","params":{"taskId":"t-1","name":"x"}})";
        EXPECT_FALSE(agree({{"2026-07-28"}, {method}, {}}, body)) << method;
        EXPECT_FALSE(agree({{"2026-07-28"}, {method}, {"x"}}, body)) << method;
        EXPECT_TRUE(agree({{"2026-07-28"}, {method}, {"t-1"}}, body)) << method;
    }
}

TEST(MirroredHeadersTest, ASubscriptionMayLeaveItsUriOutOfTheHeaderButNotChangeIt) {
    for (const char* method : {"resources/subscribe", "resources/unsubscribe"}) {
        const std::string body =
            R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"(","params":{"uri":"file:///a"}})";
        EXPECT_FALSE(agree({{"2026-07-28"}, {method}, {"file:///b"}}, body)) << method;
        EXPECT_TRUE(agree({{"2026-07-28"}, {method}, {"file:///a"}}, body)) << method;
        EXPECT_TRUE(agree({{"2026-07-28"}, {method}, {}}, body)) << method;
    }
}

TEST(MirroredHeadersTest, AResourceThatIsReadIsNamedByItsUri) {
    const std::string_view read = R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a"}})";
    EXPECT_FALSE(agree({{"2026-07-28"}, {"resources/read"}, {}}, read));
    EXPECT_TRUE(agree({{"2026-07-28"}, {"resources/read"}, {"file:///a"}}, read));
}

// Latin-1 to one reader, UTF-8 to the next.
TEST(MirroredHeadersTest, BytesBeyondAsciiNeedTheSentinel) {
    const std::string_view unicode = R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\u00e9"}})";
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call"}, {"\xC3\xA9"}}, unicode));
    EXPECT_TRUE(agree({{"2026-07-28"}, {"tools/call"}, {"=?base64?w6k=?="}}, unicode));
    EXPECT_FALSE(decode_header_value("a\tb"));
}

// SPEC 29
TEST(MirroredHeadersTest, TheVersionInTheBodyMustBeTheOneInTheHeader) {
    EXPECT_FALSE(agree({{"2026-08-01"}, {"tools/call"}, {"echo"}}, call));
    EXPECT_FALSE(agree({{}, {"tools/call"}, {"echo"}}, call, false));
}

TEST(MirroredHeadersTest, NoHeaderCanSpeakForABatch) {
    const std::string_view batch = R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])";
    EXPECT_TRUE(agree({{}, {}, {}}, batch, false));
    EXPECT_FALSE(agree({{}, {"ping"}, {}}, batch, false));
    EXPECT_FALSE(agree({{"2026-07-28"}, {"ping"}, {}}, batch, true));
}

// SPEC 36
TEST(MirroredHeadersTest, ASentinelIsDecodedBeforeTheComparison) {
    const std::string_view unicode =
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\u4e16\u754c"}})";
    EXPECT_TRUE(agree({{"2026-07-28"}, {"tools/call"}, {"=?base64?5LiW55WM?="}}, unicode));
    EXPECT_FALSE(agree({{"2026-07-28"}, {"tools/call"}, {"\xE4\xB8\x96"}}, unicode));
}

TEST(MirroredHeadersTest, ABrokenSentinelIsNoValue) {
    for (const char* value : {"=?base64?5LiW55WM", "=?base64?5LiW55W?=", "=?base64?5LiW 55W?=", "=?base64?%%%%?=",
                              "=?base64?aB==?=",                                             // loose last bits
                              "=?base64?aA==aA==?=", "=?base64?_-8=?=", "=?base64?/w==?="})  // 0xFF is not UTF-8
        EXPECT_FALSE(decode_header_value(value)) << value;
}

TEST(MirroredHeadersTest, MarkersInOtherCaseAreText) {
    EXPECT_EQ(decode_header_value("=?BASE64?aA==?="), "=?BASE64?aA==?=");
    EXPECT_EQ(decode_header_value("plain"), "plain");
    EXPECT_EQ(decode_header_value("=?base64?"
                                  "?="),
              "");
}

}  // namespace
}  // namespace mcp
