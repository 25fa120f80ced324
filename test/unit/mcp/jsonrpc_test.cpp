#include "mcp/jsonrpc.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mcp {
namespace {

TransportError error_of(std::string_view body) {
    const auto message = Message::parse(body);
    EXPECT_FALSE(message) << body;
    return message ? TransportError::origin_not_allowed : message.error();
}

TEST(JsonRpcTest, AToolCallNamesItsMethodAndTool) {
    const auto message = Message::parse(
        R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","arguments":{"name":"other"}}})");
    ASSERT_TRUE(message);
    ASSERT_EQ(message->operations().size(), 1U);
    EXPECT_EQ(message->operations()[0].method, "tools/call");
    EXPECT_EQ(message->operations()[0].name, "echo");
    EXPECT_EQ(message->id(), "7");
}

TEST(JsonRpcTest, AResourceIsNamedByItsUriEvenWhenANameStandsBesideIt) {
    const auto message = Message::parse(
        R"({"jsonrpc":"2.0","id":"x","method":"resources/read","params":{"name":"safe","uri":"file:///secret"}})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->operations()[0].name, "file:///secret");
    EXPECT_EQ(message->id(), R"("x")");
}

TEST(JsonRpcTest, EscapedTextIsReadAsTheBackendReadsIt) {
    const auto message =
        Message::parse(R"({"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"name":"\u0065cho"}})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->operations()[0].method, "tools/call");
    EXPECT_EQ(message->operations()[0].name, "echo");
}

TEST(JsonRpcTest, DuplicateMembersAreRefusedWhereverTheyStand) {
    for (const char* body : {
             R"({"jsonrpc":"2.0","method":"a","method":"b"})",
             R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a"},"params":{"name":"b"}})",
             R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","name":"b"}})",
             R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","n\u0061me":"b"}})",
             R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","arguments":{"x":1,"x":2}}})",
         })
        EXPECT_EQ(error_of(body), TransportError::body_not_json) << body;
}

TEST(JsonRpcTest, WhatIsNotJsonIsRefused) {
    for (const std::string& body : {std::string(), std::string("{"), std::string("{} x"), std::string("\xEF\xBB\xBF{}"),
                                    std::string("{\"jsonrpc\":\"2.0\",\"method\":\"\xFF\"}"), std::string(4096, '[')})
        EXPECT_EQ(error_of(body), TransportError::body_not_json) << body;
}

TEST(JsonRpcTest, WhatIsNotAMessageIsRefused) {
    for (const char* body : {
             "1",
             "\"x\"",
             "null",
             "[]",
             "[1]",
             "{}",
             R"({"method":"ping"})",
             R"({"jsonrpc":"1.0","method":"ping"})",
             R"({"jsonrpc":"2.0","method":1})",
             R"({"jsonrpc":"2.0","method":""})",
             R"({"jsonrpc":"2.0","id":1})",
             R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":["echo"]})",
             R"([[{"jsonrpc":"2.0","method":"ping"}]])",
         })
        EXPECT_EQ(error_of(body), TransportError::body_not_jsonrpc) << body;
}

TEST(JsonRpcTest, AnOperationWithoutItsNameIsRefused) {
    for (const char* body : {
             R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})",
             R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}})",
             R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["echo"]}})",
             R"({"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"uri":"echo"}})",
             R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"name":"echo"}})",
         })
        EXPECT_EQ(error_of(body), TransportError::body_name_missing) << body;
}

TEST(JsonRpcTest, ABatchGivesEveryEntryAndNoId) {
    const auto message = Message::parse(
        R"([{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"x"}},
            {"jsonrpc":"2.0","id":3,"result":{}}])");
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->is_batch());
    ASSERT_EQ(message->operations().size(), 3U);
    EXPECT_EQ(message->operations()[1].name, "x");
    EXPECT_EQ(message->operations()[2].method, "");
    EXPECT_EQ(message->id(), "null");
}

TEST(JsonRpcTest, ABatchHasALimit) {
    const std::string entry = R"({"jsonrpc":"2.0","method":"ping"})";
    std::string body = "[" + entry;
    for (std::size_t i = 1; i < Message::max_batch; i++)
        body += "," + entry;
    EXPECT_TRUE(Message::parse(body + "]"));
    EXPECT_EQ(error_of(body + "," + entry + "]"), TransportError::body_not_jsonrpc);
}

TEST(JsonRpcTest, AMessageWithAMethodIsNeverTakenForAResponse) {
    const auto message =
        Message::parse(R"({"jsonrpc":"2.0","id":1,"result":{},"method":"tools/call","params":{"name":"x"}})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->operations()[0].method, "tools/call");
}

}  // namespace
}  // namespace mcp
