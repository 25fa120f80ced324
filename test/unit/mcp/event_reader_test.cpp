#include "mcp/event_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace mcp {
namespace {

// The events, each as "[data]", or "(data)" when its type is another one.
std::string events(std::string_view stream, std::size_t piece = std::string_view::npos) {
    std::string told, data;
    EventReader reader([&](std::string_view more) { data += more; },
                       [&](bool is_message) {
                           told += is_message ? "[" + data + "]" : "(" + data + ")";
                           data.clear();
                       });
    for (std::size_t i = 0; i < stream.size(); i += std::min(piece, stream.size() - i))
        reader.add(stream.substr(i, piece));
    return told;
}

TEST(EventReaderTest, AnEventWithoutItsEmptyLineIsNone) {
    EXPECT_EQ(events("data: a"), "");
    EXPECT_EQ(events("data: a\n"), "");
    EXPECT_EQ(events("data: a\r\n"), "");
}

TEST(EventReaderTest, AnEventWithoutDataIsNone) {
    EXPECT_EQ(events("\n\n"), "");
    EXPECT_EQ(events("event: x\nid: 1\nretry: 2\n\n: data\n\ndat: a\n\ndatas: a\n\n data: a\n\nDATA: a\n\n"), "");
}

TEST(EventReaderTest, EveryLineEndEndsALine) {
    for (const std::string end : {"\n", "\r", "\r\n"})
        EXPECT_EQ(events("data: a" + end + "data:b" + end + "data" + end + end + "data: c" + end + end), "[a\nb\n][c]");
    EXPECT_EQ(events("data: a\r\n\ndata: b\r\r\ndata: c\n\r"), "[a][b][c]");
}

TEST(EventReaderTest, OneSpaceBehindTheColonIsNoData) {
    EXPECT_EQ(events("data:  a: b \n\n"), "[ a: b ]");
    EXPECT_EQ(events("data:\n\ndata: \n\n"), "[][]");
}

TEST(EventReaderTest, TheTypeIsTheLastOfAnEventAndOfNoOther) {
    EXPECT_EQ(events("event: message\ndata: a\n\nevent:x\ndata: b\n\ndata: c\n\nevent: x\nevent\ndata: d\n\n"),
              "[a](b)[c][d]");
    EXPECT_EQ(events("event: messages\ndata: a\n\nevent: message \ndata: b\n\n"), "(a)(b)");
}

TEST(EventReaderTest, AByteOrderMarkBeginsAStreamAndNothingElse) {
    EXPECT_EQ(events("\xEF\xBB\xBF"
                     "data: a\n\n"),
              "[a]");
    EXPECT_EQ(events("\xEF\xBB"
                     "data: a\n\ndata: b\n\n"),
              "[b]");
    EXPECT_EQ(events("data: a\n\n\xEF\xBB\xBF"
                     "data: b\n\n"),
              "[a]");
}

TEST(EventReaderTest, PiecesOfAnySizeSayTheSame) {
    const std::string stream =
        "\xEF\xBB\xBF: x\r\nevent: message\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\nid: 5\rdata: b\r\rdata\ndata: c\n\n";
    const std::string whole = events(stream);
    EXPECT_EQ(whole, "[{\"a\":\n1}][b][\nc]");
    for (std::size_t size = 1; size < stream.size(); size++)
        EXPECT_EQ(events(stream, size), whole) << size;
}

}  // namespace
}  // namespace mcp
