#include "ngx/redis_reply.h"

#include <gtest/gtest.h>

#include <random>

namespace ngx {
namespace {

using Kind = RedisReply::Kind;
using Next = std::expected<std::optional<RedisReply>, std::string_view>;

Next parse(std::string_view bytes) {
    RedisParser parser;
    parser.feed(bytes);
    return parser.next();
}

RedisReply whole(std::string_view bytes) {
    auto reply = parse(bytes);
    EXPECT_TRUE(reply && *reply) << bytes;
    return reply && *reply ? *std::move(*reply) : RedisReply();
}

bool is_refused(std::string_view bytes) {
    return !parse(bytes);
}
bool is_unfinished(std::string_view bytes) {
    const auto reply = parse(bytes);
    return reply && !*reply;
}

TEST(RedisReply, EachKindIsRead) {
    EXPECT_EQ(whole("+OK\r\n").kind, Kind::status);
    EXPECT_EQ(whole("+OK\r\n").text, "OK");
    EXPECT_TRUE(whole("-NOSCRIPT No matching script.\r\n").is_error());
    EXPECT_EQ(redis_error_code(whole("-NOSCRIPT No matching script.\r\n").text), "NOSCRIPT");
    EXPECT_EQ(whole(":-5\r\n").integer, -5);
    EXPECT_EQ(whole(":9223372036854775807\r\n").integer, INT64_MAX);

    EXPECT_EQ(whole(std::string_view("$5\r\na\r\nb\0\r\n", 11)).text, std::string("a\r\nb\0", 5));
    EXPECT_EQ(whole("$0\r\n\r\n").kind, Kind::text);
    EXPECT_EQ(whole("$-1\r\n").kind, Kind::nil);
    EXPECT_EQ(whole("*-1\r\n").kind, Kind::nil);
    EXPECT_EQ(whole("*0\r\n").kind, Kind::array);
}

TEST(RedisReply, ArraysHoldArrays) {
    const RedisReply reply = whole("*3\r\n:1\r\n*2\r\n$1\r\na\r\n*1\r\n:2\r\n-ERR x\r\n");
    ASSERT_EQ(reply.elements.size(), 3U);
    EXPECT_EQ(reply.elements[0].integer, 1);
    ASSERT_EQ(reply.elements[1].elements.size(), 2U);
    EXPECT_EQ(reply.elements[1].elements[0].text, "a");
    EXPECT_EQ(reply.elements[1].elements[1].elements[0].integer, 2);
    EXPECT_TRUE(reply.elements[2].is_error());
}

TEST(RedisReply, AnyPiecesGiveTheSame) {
    const std::string bytes = "*2\r\n$3\r\nabc\r\n:7\r\n+OK\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); cut++) {
        RedisParser parser;
        std::vector<RedisReply> replies;
        for (const std::string_view piece :
             {std::string_view(bytes).substr(0, cut), std::string_view(bytes).substr(cut)}) {
            parser.feed(piece);
            for (;;) {
                auto reply = parser.next();
                ASSERT_TRUE(reply);
                if (!*reply) break;
                replies.push_back(*std::move(*reply));
            }
        }
        ASSERT_EQ(replies.size(), 2U) << cut;
        EXPECT_EQ(replies[0].elements[0].text, "abc");
        EXPECT_EQ(replies[1].text, "OK");
    }
}

TEST(RedisReply, WhatIsNoReplyIsRefused) {
    for (const std::string_view bytes :
         {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "x", ":1x\r\n", ":\r\n", ":99999999999999999999\r\n", "$x\r\n",
          "$-2\r\n", "$99999999999999999999\r\n", "*-2\r\n", "*x\r\n", "*99999999999999999999\r\n"})
        EXPECT_TRUE(is_refused(bytes)) << bytes;
}

TEST(RedisReply, WhatNobodyAskedForIsRefused) {  // RESP3
    for (const std::string_view bytes : {"_\r\n", "#t\r\n", ",1.5\r\n", "(1234\r\n", "%1\r\n+a\r\n+b\r\n",
                                         "~1\r\n+a\r\n", ">1\r\n+a\r\n", "=5\r\ntxt:a\r\n", "!3\r\nERR\r\n"})
        EXPECT_FALSE(parse(bytes) && *parse(bytes) && (*parse(bytes))->kind != Kind::nil) << bytes;
}

TEST(RedisReply, AnErrorStays) {
    RedisParser parser;
    parser.feed("x");
    EXPECT_FALSE(parser.next());
    parser.feed("+OK\r\n");
    EXPECT_FALSE(parser.next());
}

TEST(RedisReply, SizesAreBounded) {
    const std::string most(RedisParser::most_bytes, 'a');
    EXPECT_EQ(whole("$65536\r\n" + most + "\r\n").text.size(), most.size());
    EXPECT_TRUE(is_refused("$65537\r\n" + most + "a\r\n"));
    EXPECT_TRUE(is_refused("+" + most + "aaa"));  // a line without an end
    EXPECT_TRUE(is_refused("$9000000\r\n" + most + "aaa"));
    EXPECT_TRUE(
        is_refused("*2\r\n$40000\r\n" + most.substr(0, 40000) + "\r\n$40000\r\n" + most.substr(0, 40000) + "\r\n"));
    EXPECT_TRUE(is_unfinished("$2147483647\r\n"));  // which takes no memory
    EXPECT_TRUE(is_refused("*1025\r\n"));
    EXPECT_TRUE(is_refused("*1000000000\r\n"));
    EXPECT_TRUE(is_refused("*2\r\n*600\r\n" + [] {
        std::string numbers;
        for (int i = 0; i < 600; i++)
            numbers += ":1\r\n";
        return numbers;
    }() + "*600\r\n"));
}

TEST(RedisReply, DepthIsBounded) {
    EXPECT_TRUE(parse("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"));
    EXPECT_TRUE(is_refused("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"));
    std::string deep;
    for (int i = 0; i < 10000; i++)
        deep += "*1\r\n";
    EXPECT_TRUE(is_refused(deep));
}

TEST(RedisReply, TheBoundsAreOfOneReply) {
    RedisParser parser;
    const std::string half(RedisParser::most_bytes / 2, 'a');
    for (int i = 0; i < 10; i++) {
        parser.feed("$32768\r\n" + half + "\r\n");
        const auto reply = parser.next();
        ASSERT_TRUE(reply && *reply);
    }
}

TEST(RedisReply, RandomBytesNeverHarm) {
    std::mt19937 numbers(1);
    static constexpr std::string_view alphabet = "*$:+-\r\n0123456789x_#,(%~>=!";
    for (int round = 0; round < 20000; round++) {
        RedisParser parser;
        std::string bytes;
        for (std::uint32_t i = static_cast<std::uint32_t>(numbers() % 40); i > 0; i--)
            bytes += alphabet[numbers() % alphabet.size()];
        parser.feed(bytes);
        for (int i = 0; i < 50; i++) {
            const auto reply = parser.next();
            if (!reply || !*reply) break;
        }
    }
}

TEST(RedisCommand, IsAnArrayOfTexts) {
    const std::vector<std::string_view> arguments{"GET", "", std::string_view("a\r\n\0", 4)};
    EXPECT_EQ(redis_command(arguments), std::string("*3\r\n$3\r\nGET\r\n$0\r\n\r\n$4\r\na\r\n\0\r\n", 29));
}

}  // namespace
}  // namespace ngx
