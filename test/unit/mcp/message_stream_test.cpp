#include "mcp/message_stream.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mcp {
namespace {

using Kind = FoundValue::Kind;

constexpr std::array<WantedMember, 1> inner{{{.name = {.exact = "c", .folded = "c"}, .place = 2, .longest = 4}}};
constexpr std::array<WantedMember, 2> wanted{{{.name = {.exact = "a", .folded = "a"}, .place = 0, .longest = 4},
                                              {.name = {.exact = "b", .folded = "b"}, .place = 1, .inside = inner}}};

class MessageStreamTest : public testing::Test {
protected:
    void take(const FoundMessage& message) {
        messages++;
        is_clear = message.is_clear;
        values.assign(message.values.begin(), message.values.end());
    }
    void read(std::string_view document) {
        stream.restart();
        messages = 0;
        stream.add(document);
    }

    int messages = 0;
    bool is_clear = false;
    std::vector<FoundValue> values;
    MessageStream stream{wanted, [this](const FoundMessage& message) { take(message); }};
};

TEST_F(MessageStreamTest, NothingIsCompleteBeforeItsLastByteOrAfterAnotherOne) {
    EXPECT_FALSE(stream.is_complete());
    read("{\"a\":1");
    EXPECT_FALSE(stream.is_complete());
    stream.add("}");
    EXPECT_TRUE(stream.is_complete());
    stream.add(" \n");
    EXPECT_TRUE(stream.is_complete());
    stream.add("{");
    EXPECT_FALSE(stream.is_complete());
    EXPECT_TRUE(stream.is_broken());
    stream.add("}");
    EXPECT_TRUE(stream.is_broken());
}

TEST_F(MessageStreamTest, AValueHasItsKindAndItsTextWithinItsLimit) {
    const auto kind_of = [&](std::string_view value) {
        read("{\"a\":" + std::string(value) + "}");
        return values[0].kind;
    };
    EXPECT_EQ(kind_of("null"), Kind::null);
    EXPECT_EQ(kind_of("true"), Kind::yes);
    EXPECT_EQ(kind_of("false"), Kind::no);
    EXPECT_EQ(kind_of("[\"a\",{\"a\":1}]"), Kind::structure);
    EXPECT_EQ(kind_of("{\"a\":1}"), Kind::structure);
    EXPECT_EQ(kind_of("-1.5"), Kind::number);
    EXPECT_EQ(values[0].text, "-1.5");
    EXPECT_EQ(kind_of("\"\\u0041bcd\""), Kind::text);
    EXPECT_EQ(values[0].text, "Abcd");
    EXPECT_EQ(kind_of("\"abcde\""), Kind::too_long);
    EXPECT_EQ(values[0].text, "");
    EXPECT_EQ(kind_of("12345"), Kind::too_long);
}

TEST_F(MessageStreamTest, OnlyWhatStandsInItsPlaceIsFound) {
    read(R"({"x":{"a":1,"b":{"c":1}},"b":{"a":1,"x":{"c":1},"y":[{"c":1}]},"y":["a",{"a":1}]})");
    EXPECT_EQ(values[0].kind, Kind::absent);
    EXPECT_EQ(values[1].kind, Kind::structure);
    EXPECT_EQ(values[2].kind, Kind::absent);
    read(R"({"b":{"c":"x"},"c":"y"})");
    EXPECT_EQ(values[2].text, "x");
}

TEST_F(MessageStreamTest, AMemberThatMayBeTakenForAnotherIsAmbiguous) {
    for (const std::string_view document :
         {R"({"a":1,"a":1})", R"({"A":1})", R"({"a":1,"_a":2})", R"({"a\u0000b":1})"}) {
        read(document);
        EXPECT_TRUE(values[0].is_ambiguous) << document;
        EXPECT_FALSE(values[1].is_ambiguous) << document;
    }
    read(R"({"a":1,"ab":{"a":1,"A":2}})");
    EXPECT_FALSE(values[0].is_ambiguous);
}

TEST_F(MessageStreamTest, NothingOfAMessageIsLeftForTheNext) {
    read(R"([{"a":1,"A":1,"b":{"c":"x"},"__proto__":1},{}])");
    EXPECT_EQ(messages, 2);
    EXPECT_TRUE(is_clear);
    EXPECT_TRUE(stream.is_batch());
    for (const FoundValue& value : values) {
        EXPECT_EQ(value.kind, Kind::absent);
        EXPECT_EQ(value.text, "");
        EXPECT_FALSE(value.is_ambiguous);
    }
    read("{}");
    EXPECT_FALSE(stream.is_batch());
}

TEST_F(MessageStreamTest, WhatIsNoObjectIsNotClear) {
    for (const std::string_view document : {"\"a\"", "null", "[1]", "[[{\"a\":1}]]", "[\"a\"]"}) {
        read(document);
        EXPECT_EQ(messages, 1) << document;
        EXPECT_FALSE(is_clear) << document;
        EXPECT_TRUE(stream.is_complete()) << document;
    }
    read("[]");
    EXPECT_EQ(messages, 0);
}

TEST_F(MessageStreamTest, AKeyOfAnyLengthTakesNoMemory) {
    read("{\"" + std::string(MessageStream::longest_key, 'x') + "\":1}");
    EXPECT_TRUE(is_clear);
    read("{\"" + std::string(MessageStream::longest_key + 1, 'x') + "\":1}");
    EXPECT_FALSE(is_clear);
    read("{\"x\":{\"" + std::string(1000, 'x') + "\":1}}");
    EXPECT_TRUE(is_clear) << "where nothing is wanted";
    read("{\"a\\u0041" + std::string(1000, 'x') + "\":1}");
    EXPECT_FALSE(is_clear) << "its beginning is no key";
    stream.restart();
    for (const std::string& piece : {std::string("{\"a"), std::string(1000, 'x') + "\":1}"})
        stream.add(piece);
    EXPECT_FALSE(is_clear) << "in pieces, too";
}

TEST_F(MessageStreamTest, WhatIsNoJsonIsFoundOut) {
    for (const std::string_view document :
         {"{a:1}", "{\"a\":01}", "{'a':1}", "{\"a\":1,}", "[1 2]", "{\"a\":\"\xFF\"}", "{\"a\":\"\xED\xA0\x80\"}",
          "{\"a\":\"\n\"}", "\xEF\xBB\xBF{}", "// x\n{}"}) {
        read(document);
        EXPECT_TRUE(stream.is_broken()) << document;
    }
    read(std::string(MessageStream::max_depth + 1, '['));
    EXPECT_TRUE(stream.is_broken());
    read(std::string(MessageStream::max_depth, '['));
    EXPECT_FALSE(stream.is_broken());
}

}  // namespace
}  // namespace mcp
