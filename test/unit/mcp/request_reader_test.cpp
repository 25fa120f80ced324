#include "mcp/request_reader.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"

namespace mcp {
namespace {

std::optional<AskedOperations> asked(std::string_view body) {
    RequestReader reader;
    reader.add(body);
    const AskedOperations* found = reader.asked();
    return found != nullptr ? std::optional(*found) : std::nullopt;
}

// Of the only operation.
ObservedOperation operation(std::string_view body) {
    const auto found = asked(body);
    if (!found || found->operations.size() != 1) {
        ADD_FAILURE() << body;
        return {};
    }
    return found->operations.front();
}

std::string with_id(std::string_view id) {
    return R"({"jsonrpc":"2.0","method":"ping","id":)" + std::string(id) + "}";
}

std::string call(std::string_view params) {
    return R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":)" + std::string(params) + "}";
}

TEST(RequestReaderTest, WhatIsNotKnownIsNotGuessed) {
    for (const std::string& body : {
             std::string(),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"ping")"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"ping"} x)"),
             std::string(R"({"jsonrpc":"1.0","id":1,"method":"ping"})"),
             std::string(R"({"jsonrpc":2.0,"id":1,"method":"ping"})"),
             std::string(R"({"id":1,"method":"ping"})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":5})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":""})"),
             std::string(R"({"jsonrpc":"2.0","id":1})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"ping","result":{}})"),
             std::string("\"ping\""),
             std::string("[]"),
             std::string("[1]"),
             std::string(R"([[{"jsonrpc":"2.0","id":1,"method":"ping"}]])"),
             std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"p\xFFng\"}"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"p\ud800ng"})"),
             std::string("\xEF\xBB\xBF{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"),
         })
        EXPECT_FALSE(asked(body)) << body;
}

TEST(RequestReaderTest, WhatTwoReadersCouldTakeForDifferentOperationsIsUnknown) {
    for (const std::string& body : {
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"a","method":"b"})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"a","Method":"b"})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"m\u0065thod":"a","method":"b"})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"ID":2,"method":"a"})"),
             call(R"({"name":"a","name":"b"})"),
             call(R"({"name":"a","NAME":"b"})"),
             call(R"({"name":"a"},"params":{"name":"b"})"),
             call(R"({"name":"a","__proto__":{"name":"b"}})"),
             call(R"({"name":"a",")" + std::string(300, '_') + R"(name":"b"})"),
         })
        EXPECT_FALSE(asked(body)) << body;
}

TEST(RequestReaderTest, AToolCallHasItsNameAndNoOtherName) {
    const auto found = operation(call(R"({"arguments":{"name":"x","a":[{"name":"y"}]},"name":"echo"})"));
    EXPECT_EQ(found.method, "tools/call");
    EXPECT_EQ(found.name, "echo");
    EXPECT_EQ(found.id, "1");
    EXPECT_EQ(found.traceparent, "");
    EXPECT_EQ(found.outcome.kind, Outcome::Kind::unknown);
}

TEST(RequestReaderTest, TheMethodSaysWhichMemberIsTheName) {
    const std::string params = R"(","params":{"name":"n","uri":"u","taskId":"t"}})";
    const auto name_of = [&](const std::string& method) {
        return operation(R"({"jsonrpc":"2.0","id":1,"method":")" + method + params).name;
    };
    EXPECT_EQ(name_of("prompts/get"), "n");
    EXPECT_EQ(name_of("resources/read"), "u");
    EXPECT_EQ(name_of("tasks/get"), std::nullopt) << "an id is an argument, which nobody may show";
    EXPECT_EQ(name_of("tools/list"), std::nullopt);
}

TEST(RequestReaderTest, AMemberThatNamesNothingOfThisMethodMayBeSpelledAnyhow) {
    EXPECT_EQ(operation(call(R"({"name":"echo","URI":"x","task_id":"y"})")).name, "echo");
}

TEST(RequestReaderTest, ACallWithoutANameIsStillACall) {
    for (const std::string_view params : {"{}", R"({"name":5})", "[]", "null", R"("echo")"}) {
        const auto found = operation(call(params));
        EXPECT_EQ(found.method, "tools/call");
        EXPECT_EQ(found.name, std::nullopt);
    }
}

TEST(RequestReaderTest, IdsAreJsonTextSoThatANumberIsNoString) {
    EXPECT_EQ(operation(with_id("1")).id, "1");
    EXPECT_EQ(operation(with_id(R"("1")")).id, R"("1")");
    EXPECT_EQ(operation(with_id(R"("\u0031")")).id, R"("1")");
    EXPECT_EQ(operation(with_id(R"("a\nb")")).id, R"("a\u000ab")");
    EXPECT_EQ(operation(with_id("-0")).id, "0");
    EXPECT_EQ(operation(with_id("9007199254740991")).id, "9007199254740991");
    EXPECT_EQ(operation(with_id("9007199254740992")).id, "null") << "to some, it is 9007199254740993";
    EXPECT_EQ(operation(R"({"jsonrpc":"2.0","method":"ping"})").id, "") << "a notification";
}

TEST(RequestReaderTest, AnIdThatCannotBeRepeatedIsNull) {
    for (const std::string& id :
         {std::string("null"), std::string("true"), std::string("[1]"), std::string("{}"), std::string("1.5"),
          std::string("1e3"), std::string("18446744073709551616"), "\"" + std::string(127, 'x') + "\"",
          "\"" + std::string(2000, 'x') + "\"", "\"" + std::string(100, '\x7F') + "\\n\\u0001\\u0001\\u0001\\u0001\""})
        EXPECT_EQ(operation(with_id(id)).id, "null") << id;
    EXPECT_EQ(operation(with_id("\"" + std::string(126, 'x') + "\"")).id.size(), longest_observed_id);
}

TEST(RequestReaderTest, ABatchHasEachOfItsOperationsInOrder) {
    const auto found = asked(R"([{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":2,"result":{}},)"
                             R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"b"}}])");
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->is_batch);
    ASSERT_EQ(found->operations.size(), 2U) << "a response asks for nothing";
    EXPECT_EQ(found->operations[0].method, "a");
    EXPECT_EQ(found->operations[1].name, "b");
    EXPECT_EQ(found->operations[1].id, "");
}

TEST(RequestReaderTest, OneMessageOfABatchThatIsNotKnownMakesAllUnknown) {
    EXPECT_FALSE(asked(R"([{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":2}])"));
    EXPECT_FALSE(asked(R"([{"jsonrpc":"2.0","id":1,"method":"a"},5])"));
}

TEST(RequestReaderTest, ABatchIsBounded) {
    std::string body = "[" + with_id("1");
    for (std::size_t i = 1; i < Message::max_batch; i++)
        body += "," + with_id("1");
    EXPECT_TRUE(asked(body + "]"));
    EXPECT_FALSE(asked(body + "," + with_id("1") + "]"));
}

TEST(RequestReaderTest, NamesAndDepthAreBounded) {
    const std::string longest(longest_observed_name, 'x');
    EXPECT_EQ(operation(call(R"({"name":")" + longest + R"("})")).name, base::shortened(longest));
    EXPECT_FALSE(asked(call(R"({"name":")" + longest + R"(x"})")));
    EXPECT_FALSE(asked(R"({"jsonrpc":"2.0","id":1,"method":")" + longest + R"(x"})"));
    const auto nested = [](std::size_t depth) {
        return call(R"({"name":"x","a":)" + std::string(depth, '[') + std::string(depth, ']') + "}");
    };
    EXPECT_TRUE(asked(nested(100)));
    EXPECT_FALSE(asked(nested(MessageStream::max_depth)));
}

TEST(RequestReaderTest, ATraceparentThatIsTooLongIsNone) {
    const std::string fits(longest_observed_traceparent, 'a');
    EXPECT_EQ(operation(call(R"({"_meta":{"traceparent":")" + fits + R"("},"name":"x"})")).traceparent, fits);
    EXPECT_EQ(operation(call(R"({"_meta":{"traceparent":")" + fits + R"(a"},"name":"x"})")).traceparent, "");
    EXPECT_EQ(operation(call(R"({"_meta":{"traceparent":5},"name":"x"})")).traceparent, "");
    EXPECT_EQ(
        operation(call(R"({"traceparent":"00","arguments":{"_meta":{"traceparent":"01"}},"name":"x"})")).traceparent,
        "");
}

TEST(RequestReaderTest, TheRevisionIsWhatInitializeProposesOrWhatMetaSays) {
    const auto of = [](std::string_view body) { return asked(body)->revision; };
    EXPECT_EQ(of(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})"),
              "2025-06-18");
    EXPECT_EQ(of(call(R"({"name":"x","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}})")),
              "2026-07-28");
    EXPECT_EQ(of(call(R"({"name":"x","protocolVersion":"2025-06-18"})")), "");
}

TEST(RequestReaderTest, ABodyThatWasJudgedSaysTheSame) {
    for (const std::string& body :
         {call(R"({"name":"echo","_meta":{"traceparent":"00-1","io.modelcontextprotocol/protocolVersion":"v"}})"),
          with_id(R"("a\"b")"), with_id("-7"), with_id("1.5"), with_id("null"),
          std::string(R"([{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"t"}},)"
                      R"({"jsonrpc":"2.0","id":2,"result":{}}])"),
          std::string(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})"),
          std::string(R"({"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":)"
                      R"({"resourceSubscriptions":["a:b","c:d"]}}})")}) {
        const auto read = asked(body);
        const auto message = Message::parse(body);
        ASSERT_TRUE(read && message) << body;
        const auto judged = observed_operations(*message);
        EXPECT_EQ(read->is_batch, judged.is_batch) << body;
        EXPECT_EQ(read->revision, judged.revision) << body;
        ASSERT_EQ(read->operations.size(), judged.operations.size()) << body;
        for (std::size_t i = 0; i < judged.operations.size(); i++) {
            EXPECT_EQ(read->operations[i].method, judged.operations[i].method) << body;
            EXPECT_EQ(read->operations[i].name, judged.operations[i].name) << body;
            EXPECT_EQ(read->operations[i].id, judged.operations[i].id) << body;
            EXPECT_EQ(read->operations[i].traceparent, judged.operations[i].traceparent) << body;
        }
    }
}

}  // namespace
}  // namespace mcp
