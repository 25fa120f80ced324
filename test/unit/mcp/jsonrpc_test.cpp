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

// SPEC 98
TEST(JsonRpcTest, NamesThatSomeReaderTakesForOneAreRefusedInTheObjectsThatDecide) {
    for (const char* body : {
             R"({"jsonrpc":"2.0","method":"tools/list","Method":"tools/call"})",
             R"({"jsonrpc":"2.0","method":"tools/list","method\u0000x":"tools/call"})",
             R"({"jsonrpc":"2.0","method":"tools/list","a":1,"A":2})",
             R"({"jsonrpc":"2.0","method":"tools/list","param\u017f":{}})",
             R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","NAME":"b"}})",
             R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","\u004eame":"b"}})",
             R"({"jsonrpc":"2.0","method":"resources/read","params":{"uri":"a:b","ur\u0131":"b"}})",
             R"({"jsonrpc":"2.0","method":"resources/read","params":{"uri":"a:b","UR\u0130":"b"}})",
             R"({"jsonrpc":"2.0","method":"tasks/get","params":{"taskId":"a","task_id":"b"}})",
             R"({"jsonrpc":"2.0","method":"tasks/get","params":{"taskId":"a","tas\u212aid":"b"}})",
             R"({"jsonrpc":"2.0","method":"ping","params":{"b-c":1,"b_c":2}})",
             R"({"jsonrpc":"2.0","method":"ping","params":{"_meta":{"x":1,"X":2}}})",
         })
        EXPECT_EQ(error_of(body), TransportError::body_ambiguous) << body;
}

TEST(JsonRpcTest, AKnownNameInAnotherSpellingIsRefusedWhereItDecides) {
    for (const char* body : {
             R"({"jsonrpc":"2.0","Method":"ping"})",
             R"({"jsonrpc":"2.0","method":"ping","Id":1})",
             R"({"jsonrpc":"2.0","method":"ping","Result":{}})",
             R"({"jsonrpc":"2.0","id":1,"result":{},"METHOD":"tools/call"})",
             R"({"jsonrpc":"2.0","method":"tools/call","params":{"Name":"a"}})",
             R"({"jsonrpc":"2.0","method":"ping","params":{"_Meta":{}}})",
             R"({"jsonrpc":"2.0","method":"ping","params":{"meta":{}}})",
             R"({"jsonrpc":"2.0","method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolversion":"x"}}})",
             R"([{"jsonrpc":"2.0","method":"ping"},{"jsonrpc":"2.0","method":"ping","PARAMS":{}}])",
         })
        EXPECT_EQ(error_of(body), TransportError::body_ambiguous) << body;
}

TEST(JsonRpcTest, AMemberThatWouldBecomeAPrototypeIsRefusedWhereItDecides) {
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"ping","__proto__":{"params":{}}})"),
              TransportError::body_ambiguous);
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"ping","params":{"__proto__":{"_meta":{}}}})"),
              TransportError::body_ambiguous);
}

TEST(JsonRpcTest, ArgumentsMayDifferByCaseAlone) {
    EXPECT_TRUE(Message::parse(
        R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","arguments":{"x":1,"X":2,"Name":3,"name":4}}})"));
    EXPECT_TRUE(Message::parse(R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","Uri":"b"}})"));
    EXPECT_TRUE(Message::parse(R"({"jsonrpc":"2.0","id":1,"result":{"Method":1,"method":2}})"));
}

TEST(JsonRpcTest, ManyMembersAreComparedAsWell) {
    std::string params = R"("name":"a","_meta":{"progressToken":1})";
    for (int i = 0; i < 3000; i++)
        params += ",\"A" + std::to_string(i) + "\":1";
    const std::string start = R"({"jsonrpc":"2.0","method":"tools/call","params":{)" + params;
    EXPECT_TRUE(Message::parse(start + "}}"));
    EXPECT_EQ(error_of(start + ",\"a2999\":1}}"), TransportError::body_ambiguous);
}

TEST(JsonRpcTest, TextThatDecidesHoldsNoControlCharacterAndNoSpaceAtAnEnd) {
    for (const char* text : {"a\\u0000", "a\\nb", "\\u007fa", "a\x7F", "\\u0085", "\\u009f", " a", "a ", "a\\u00a0",
                             "\\ufeffa", "\\u3000a"}) {
        const std::string value = "\"" + std::string(text) + "\"";
        for (const std::string& body :
             {R"({"jsonrpc":"2.0","method":)" + value + "}",
              R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":)" + value + "}}",
              R"({"jsonrpc":"2.0","method":"resources/read","params":{"uri":)" + value + "}}",
              R"({"jsonrpc":"2.0","method":"tasks/cancel","params":{"taskId":)" + value + "}}"})
            EXPECT_EQ(error_of(body), TransportError::body_ambiguous) << body;
    }
    EXPECT_TRUE(Message::parse(R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a b \u00e9","x":"\n"}})"));
}

TEST(JsonRpcTest, AVersionThatIsNoClearTextIsRefused) {
    for (const char* version : {R"(["2026-07-28"])", R"(" 2026-07-28")", R"("2026-07-28\u0000")", R"("\ud800")", "1"})
        EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"ping","params":{"_meta":{)"
                           R"("io.modelcontextprotocol/protocolVersion":)" +
                           std::string(version) + "}}}"),
                  TransportError::body_ambiguous)
            << version;
}

TEST(JsonRpcTest, NullMeansAbsent) {
    for (
        const char* body : {
            R"({"jsonrpc":"2.0","id":null,"method":"ping","params":null,"result":null,"error":null})",
            R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":null}})",
            R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":null}}})",
            R"({"jsonrpc":"2.0","id":1,"method":null,"result":null})",
        }) {
        const auto message = Message::parse(body);
        ASSERT_TRUE(message) << body;
        EXPECT_FALSE(message->operations()[0].meta_version) << body;
    }
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":null})"),
              TransportError::body_name_missing);
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"method":null})"), TransportError::body_not_jsonrpc);
}

// SPEC 95
TEST(JsonRpcTest, ATaskIsAddressedByItsIdWhichIsNoName) {
    for (const char* method : {"tasks/get", "tasks/update", "tasks/cancel"}) {
        const std::string start = R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"(","params":{)";
        EXPECT_EQ(error_of(start + R"("name":"x"}})"), TransportError::body_name_missing) << method;
        const auto message = Message::parse(start + R"("taskId":"t"}})");
        ASSERT_TRUE(message) << method;
        EXPECT_EQ(message->operations()[0].task_id, "t");
        EXPECT_EQ(message->operations()[0].addressed(), "t");
        EXPECT_FALSE(message->operations()[0].name);
    }
}

TEST(JsonRpcTest, NumbersAndSurrogatesThatNobodyNeedsPass) {
    for (const char* value : {"123456789012345678901234567890", "-9223372036854775809", "1e400", "-1.5E+999",
                              R"("\ud800")", R"("\udc00\ud800 \ud83d\ude00")", R"([1e400,{"x":"\uD800\n"}])"}) {
        const auto message =
            Message::parse(R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"x":)" +
                           std::string(value) + "}}}");
        ASSERT_TRUE(message) << value;
        EXPECT_EQ(message->operations()[0].name, "a");
        EXPECT_EQ(message->id(), "7");
    }
}

TEST(JsonRpcTest, ALoneSurrogateIsRefusedWhereItDecidesAndInAMembersName) {
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"a\ud800"})"), TransportError::body_ambiguous);
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"\udc00"}})"),
              TransportError::body_ambiguous);
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"a","arguments":{"\ud800":1}}})"),
              TransportError::body_not_json);
    EXPECT_TRUE(Message::parse(R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"\ufffd"}})"));
}

TEST(JsonRpcTest, AnIdThatIsNotReadAsItWasWrittenIsNotRepeated) {
    for (const char* id : {"123456789012345678901234567890", "1e400", R"("\ud800")", "1.5", "[1]"}) {
        const auto message = Message::parse(R"({"jsonrpc":"2.0","method":"ping","id":)" + std::string(id) + "}");
        ASSERT_TRUE(message) << id;
        EXPECT_EQ(message->id(), "null") << id;
    }
}

TEST(JsonRpcTest, AnUnreadableValueExcusesNoSyntaxError) {
    for (const char* value :
         {"01e400", "1e400x", "1e", "1.e400", "+1e400", "1e400 1", "[1e400,]", R"("\ud800)", R"("\ud80")",
          R"("\x\ud800")", "\"\xFF\\ud800\"", R"({"a":1e400,"a":1})", "tru,1e400", ".1e400"})
        EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"ping","x":)" + std::string(value) + "}"),
                  TransportError::body_not_json)
            << value;
}

TEST(JsonRpcTest, BytesAroundTheDocumentAreRefused) {
    const std::string ping = R"({"jsonrpc":"2.0","method":"ping"})";
    for (const std::string& body :
         {ping + ping, std::string(ping).append("\n").append(ping), ping + std::string(1, '\0'), ping + "\xC2\xA0",
          "\f" + ping, ")]}'\n" + ping, ping + "//", "/**/" + ping})
        EXPECT_EQ(error_of(body), TransportError::body_not_json) << body;
    EXPECT_TRUE(Message::parse(" \t\r\n" + ping + "\n"));
}

TEST(JsonRpcTest, WhatIsNotUtf8IsRefusedWhereverItStands) {
    for (const char* bytes : {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
        EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"ping","x":")" + std::string(bytes) + "\"}"),
                  TransportError::body_not_json);
        EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","method":"ping",")" + std::string(bytes) + "\":1}"),
                  TransportError::body_not_json);
    }
}

TEST(JsonRpcTest, AMessageThatIsRequestAndResponseAtOnceIsRefused) {
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"result":{},"method":"tools/call","params":{"name":"x"}})"),
              TransportError::body_ambiguous);
    EXPECT_EQ(error_of(R"({"jsonrpc":"2.0","id":1,"error":{"code":1},"method":"ping"})"),
              TransportError::body_ambiguous);
}

// What runs when a stream of notifications is asked for.
std::string listened(std::string_view params) {
    const std::string body =
        R"({"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":)" + std::string(params) + "}";
    const auto message = Message::parse(body);
    if (!message) return std::string(reason(message.error()).name);
    std::string names;
    for (const Operation& operation : message->operations())
        names.append(operation.method).append(" ").append(operation.addressed().value_or("")).append(";");
    return names;
}

TEST(MessageTest, EachResourceOfAStreamOfNotificationsIsSubscribedTo) {
    EXPECT_EQ(listened(R"({"notifications":{"resourceSubscriptions":["file:///a","b:c"]}})"),
              "subscriptions/listen ;resources/subscribe file:///a;resources/subscribe b:c;");
    EXPECT_EQ(listened(R"({"notifications":{"toolsListChanged":true,"resourceSubscriptions":[]}})"),
              "subscriptions/listen ;");
    EXPECT_EQ(listened(R"({"notifications":{"resourceSubscriptions":null}})"), "subscriptions/listen ;");
    EXPECT_EQ(listened("{}"), "subscriptions/listen ;");
}

TEST(MessageTest, AListOfResourcesThatReadersCouldDisagreeOnIsRefused) {
    for (const std::string_view params :
         {R"({"notifications":{"resourceSubscriptions":["a:b"],"ResourceSubscriptions":["c:d"]}})",
          R"({"Notifications":{"resourceSubscriptions":["a:b"]}})",
          R"({"notifications":{"resource_subscriptions":["a:b"]}})",
          R"({"notifications":{"resourceSubscriptions":[1]}})",
          R"({"notifications":{"resourceSubscriptions":["a:b "]}})",
          R"({"notifications":{"resourceSubscriptions":[["a:b"]]}})"})
        EXPECT_EQ(listened(params), "body_ambiguous") << params;
    EXPECT_EQ(listened(R"({"notifications":{"resourceSubscriptions":"a:b"}})"), "body_not_jsonrpc");
    std::string many = R"({"notifications":{"resourceSubscriptions":["a:b")";
    for (std::size_t i = 0; i < Message::max_subscriptions; i++)
        many += R"(,"a:b")";
    EXPECT_EQ(listened(many + "]}}"), "body_not_jsonrpc");
}

// notifications/tasks carries what tasks/get answers.
TEST(MessageTest, EachTaskOfAStreamOfNotificationsIsGot) {
    EXPECT_EQ(listened(R"({"notifications":{"taskIds":["t-1","t-2"],"resourceSubscriptions":["b:c"]}})"),
              "subscriptions/listen ;resources/subscribe b:c;tasks/get t-1;tasks/get t-2;");
    for (const std::string_view none : {"[]", "null"})
        EXPECT_EQ(listened(R"({"notifications":{"taskIds":)" + std::string(none) + "}}"), "subscriptions/listen ;");
    const auto message = Message::parse(
        R"({"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"taskIds":["t"]}}})");
    EXPECT_FALSE(message.value().operations().back().name) << "no name that a rule could match";
}

TEST(MessageTest, AListOfTasksThatReadersCouldDisagreeOnIsRefused) {
    for (const std::string_view params :
         {R"({"notifications":{"taskIds":["a"],"TaskIds":["b"]}})", R"({"Notifications":{"taskIds":["a"]}})",
          R"({"notifications":{"task_ids":["a"]}})", R"({"notifications":{"taskids":["a"]}})",
          R"({"notifications":{"taskIds":[1]}})", R"({"notifications":{"taskIds":["a "]}})",
          R"({"notifications":{"taskIds":[null]}})", R"({"notifications":{"taskIds":[["a"]]}})",
          R"({"notifications":{"resourceSubscriptions":["a:b"],"taskIds":["a",{}]}})"})
        EXPECT_EQ(listened(params), "body_ambiguous") << params;
    for (const std::string_view list : {R"("a")", R"({"0":"a"})", "1", "true"})
        EXPECT_EQ(listened(R"({"notifications":{"taskIds":)" + std::string(list) + "}}"), "body_not_jsonrpc") << list;
    std::string many = R"({"notifications":{"taskIds":["a")";
    for (std::size_t i = 0; i < Message::max_subscriptions; i++)
        many += R"(,"a")";
    EXPECT_EQ(listened(many + "]}}"), "body_not_jsonrpc");
}

std::string id_of(std::string_view body) {
    const auto message = Message::parse(body);
    return message ? message->id() : std::string(reason(message.error()).name);
}

// JSON-RPC 2.0 section 5; a response repeats the id of a request that the server sent.
TEST(MessageTest, OnlyARequestHasAnIdThatAnAnswerRepeats) {
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":1,"method":"ping"})"), "1");
    EXPECT_EQ(id_of(R"({"jsonrpc":"2.0","id":"a","method":"ping"})"), R"("a")");
    for (const std::string_view body :
         {R"({"jsonrpc":"2.0","method":"ping"})", R"({"jsonrpc":"2.0","id":1,"result":{}})",
          R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}})",
          R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])"})
        EXPECT_EQ(id_of(body), "null") << body;
}

TEST(MessageTest, OnlyAnInitializeOfItsOwnProposesAVersion) {
    const auto proposed = [](std::string_view body) {
        const auto message = Message::parse(body);
        const auto version = message ? message->proposed_version() : std::optional<std::string_view>("no message");
        return version ? std::string(*version) : "none";
    };
    EXPECT_EQ(proposed(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"x"}})"), "x");
    EXPECT_EQ(proposed(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1}})"), "");
    EXPECT_EQ(proposed(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":null})"), "");
    EXPECT_EQ(proposed(R"({"jsonrpc":"2.0","id":1,"method":"initialize"})"), "");
    EXPECT_EQ(proposed(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"protocolVersion":"x"}})"), "none");
    EXPECT_EQ(proposed(R"([{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"x"}}])"), "none");
}

}  // namespace
}  // namespace mcp
