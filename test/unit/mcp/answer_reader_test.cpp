#include "mcp/answer_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mcp/jsonrpc.h"
#include "mcp/request_reader.h"

namespace mcp {
namespace {

using Texts = std::vector<std::string>;

std::string text_of(const Answer& answer) {
    switch (answer.outcome.kind) {
        case Outcome::Kind::success:
            return answer.id + " success";
        case Outcome::Kind::tool_error:
            return answer.id + " tool_error";
        case Outcome::Kind::error:
            return answer.id + " " + (answer.outcome.code ? std::to_string(*answer.outcome.code) : "error");
        case Outcome::Kind::unknown:
            break;
    }
    return "unknown";
}

Texts answers(AnswerForm form, std::string_view body, bool is_whole = true) {
    Texts told;
    AnswerReader reader(form, [&](const Answer& answer) { told.push_back(text_of(answer)); });
    reader.add(body);
    if (is_whole) reader.end();
    return told;
}
Texts json(std::string_view body) {
    return answers(AnswerForm::json, body);
}
Texts events(std::string_view body) {
    return answers(AnswerForm::events, body);
}

const std::string success = R"({"jsonrpc":"2.0","id":1,"result":{"content":[]}})";
const std::string failure = R"({"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}})";

TEST(AnswerReaderTest, WhatSaysNothingForSureIsNotTold) {
    for (const std::string& body : {
             std::string(),
             std::string("{}"),
             std::string("no JSON"),
             std::string("null"),
             success.substr(0, success.size() - 1),
             success + " x",
             success + success,
             std::string(R"({"id":1,"result":{}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"method":"x","result":{}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"id":2,"result":{}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"Result":{},"result":{}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"result":{"isError":true,"isError":false}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"result":{"iserror":true}})"),
             std::string(R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"CODE":2}})"),
             std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"\xC3\"}}"),
         })
        EXPECT_EQ(json(body), Texts()) << body;
    EXPECT_EQ(answers(AnswerForm::json, success, false), Texts()) << "an answer that was cut";
}

TEST(AnswerReaderTest, AResultIsASuccessUnlessItSaysIsError) {
    EXPECT_EQ(json(success), Texts{"1 success"});
    EXPECT_EQ(json(R"({"jsonrpc":"2.0","result":{"isError":true,"content":[]},"id":"a"})"), Texts{R"("a" tool_error)"});
    EXPECT_EQ(json(R"({"jsonrpc":"2.0","id":1,"result":{"isError":false}})"), Texts{"1 success"});
    EXPECT_EQ(json(R"({"jsonrpc":"2.0","id":1,"result":{"isError":"true"}})"), Texts{"1 success"});
    EXPECT_EQ(json(R"({"jsonrpc":"2.0","id":1,"result":{"x":{"isError":true}},"isError":true})"), Texts{"1 success"});
}

TEST(AnswerReaderTest, AnErrorHasItsCode) {
    EXPECT_EQ(json(failure), Texts{"1 -32602"});
    EXPECT_EQ(json(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700}})"), Texts{"null -32700"});
    EXPECT_EQ(json(R"({"jsonrpc":"2.0","id":1,"error":{"code":0}})"), Texts{"1 0"});
    EXPECT_EQ(json(R"({"jsonrpc":"2.0","id":1,"result":null,"error":{"code":7}})"), Texts{"1 7"});
}

TEST(AnswerReaderTest, WhatIsNoIntegerIsNoCode) {
    for (const std::string_view error :
         {R"({"code":99999999999999999999})", R"({"code":"5"})", R"({"code":1.5})", R"({"code":1e3})",
          R"({"code":null})", R"({"code":true})", R"({"code":[7]})", R"({"code":{"code":7}})", R"({})", R"("no")"})
        EXPECT_EQ(json(R"({"jsonrpc":"2.0","id":1,"error":)" + std::string(error) + "}"), Texts{"1 error"}) << error;
}

TEST(AnswerReaderTest, ABatchIsToldWhenItIsWhole) {
    const std::string batch = "[" + success + R"(,{"jsonrpc":"2.0","method":"notifications/x"},5,)" +
                              R"({"jsonrpc":"2.0","id":"1","result":{"isError":true}}])";
    EXPECT_EQ(json(batch), (Texts{"1 success", R"("1" tool_error)"}));
    EXPECT_EQ(json(batch.substr(0, batch.size() - 1)), Texts());
}

TEST(AnswerReaderTest, ABatchIsBounded) {
    std::string most = "[" + success;
    for (std::size_t i = 1; i < Message::max_batch; i++)
        most += "," + success;
    EXPECT_EQ(json(most + "]").size(), Message::max_batch);
    EXPECT_EQ(json(most + "," + success + "]"), Texts());
}

TEST(AnswerReaderTest, EachEventIsToldWhenItEnds) {
    const std::string event = "event: message\nid: 5\ndata: " + success + "\n\n";
    EXPECT_EQ(events(event), Texts{"1 success"});
    EXPECT_EQ(events(event.substr(0, event.size() - 1)), Texts()) << "an event that was cut";
    EXPECT_EQ(events("data: " + success + "\n\ndata: " + failure + "\n\n"), (Texts{"1 success", "1 -32602"}));
}

TEST(AnswerReaderTest, NotificationsAndRequestsOfTheServerBetweenAreNoAnswers) {
    EXPECT_EQ(events("data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}\n\n"
                     "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"roots/list\"}\n\n: a comment\n\ndata:\n\n"
                     "data: " +
                     success + "\n\n"),
              Texts{"1 success"});
}

TEST(AnswerReaderTest, AnEventThatCannotBeReadHidesNoOther) {
    EXPECT_EQ(events("data: {\"jsonrpc\n\ndata: \xFF\n\ndata: " + success + "\n\n"), Texts{"1 success"});
}

TEST(AnswerReaderTest, EventsOfAnotherTypeAreNotForMcpClients) {
    EXPECT_EQ(events("event: other\ndata: " + success + "\n\n"), Texts());
    EXPECT_EQ(events("data: " + success + "\nevent: other\n\n"), Texts());
    EXPECT_EQ(events("event: other\n\ndata: " + success + "\n\n"), Texts{"1 success"}) << "a type without data";
}

std::vector<ObservedOperation> operations(std::initializer_list<std::string> ids) {
    std::vector<ObservedOperation> made;
    for (const std::string& id : ids)
        made.push_back({.method = "m", .id = id});
    return made;
}
Answer answer(std::string id, Outcome::Kind kind = Outcome::Kind::success) {
    return {.id = std::move(id), .outcome = {.kind = kind}};
}
constexpr std::chrono::microseconds some_time{7};

TEST(NoteAnswerTest, AnAnswerBelongsToTheRequestWithItsIdAndTheFirstCounts) {
    auto asked = operations({"1", R"("1")", "2"});
    note_answer(asked, answer(R"("1")"), some_time);
    note_answer(asked, answer(R"("1")", Outcome::Kind::error), some_time * 2);
    note_answer(asked, answer("3"), some_time);
    EXPECT_EQ(asked[0].outcome.kind, Outcome::Kind::unknown);
    EXPECT_EQ(asked[1].outcome.kind, Outcome::Kind::success);
    EXPECT_EQ(asked[1].duration, some_time);
    EXPECT_EQ(asked[2].outcome.kind, Outcome::Kind::unknown);
}

TEST(NoteAnswerTest, AnIdOfSeveralRequestsTellsNothing) {
    auto asked = operations({"1", "1"});
    note_answer(asked, answer("1"), some_time);
    EXPECT_EQ(asked[0].outcome.kind, Outcome::Kind::unknown);
    EXPECT_EQ(asked[1].outcome.kind, Outcome::Kind::unknown);
}

// To a server that reads numbers as doubles, 1.0 is 1, and 2^53 + 1 is 2^53.
TEST(NoteAnswerTest, AnIdThatCannotBeReadMakesAWholeBatchUnclear) {
    std::vector<ObservedOperation> batch(2);
    batch[0].id = "null";
    batch[1].id = "1";
    note_answer(batch, answer("1"), some_time);
    note_answer(batch, answer("", Outcome::Kind::error), some_time);
    for (const auto& operation : batch)
        EXPECT_EQ(operation.outcome.kind, Outcome::Kind::unknown);
}

TEST(NoteAnswerTest, AnyAnswerIsThatOfTheOnlyRequest) {
    for (const std::string asked : {"1", "null"})
        for (const std::string id : {"1", R"("1")", "null", ""}) {
            auto one = operations({asked, ""});
            note_answer(one, answer(id, Outcome::Kind::tool_error), some_time);
            EXPECT_EQ(one[0].outcome.kind, Outcome::Kind::tool_error) << asked << " " << id;
            EXPECT_EQ(one[1].outcome.kind, Outcome::Kind::unknown) << "a notification has no answer";
        }
}

TEST(NoteAnswerTest, TheAnswerWithTheIdOfTheOnlyRequestTakesPrecedence) {
    auto one = operations({"1"});
    note_answer(one, answer("2", Outcome::Kind::error), some_time);
    note_answer(one, answer("3", Outcome::Kind::tool_error), some_time);
    EXPECT_EQ(one[0].outcome.kind, Outcome::Kind::error) << "the first counts";
    note_answer(one, answer("1"), some_time);
    EXPECT_EQ(one[0].outcome.kind, Outcome::Kind::success);
    note_answer(one, answer("1", Outcome::Kind::error), some_time);
    note_answer(one, answer("2", Outcome::Kind::error), some_time);
    EXPECT_EQ(one[0].outcome.kind, Outcome::Kind::success);
}

TEST(NoteAnswerTest, AnHttpErrorIsNoSuccess) {
    for (const auto kind : {Outcome::Kind::success, Outcome::Kind::tool_error, Outcome::Kind::error}) {
        EXPECT_EQ(as_told_by(200, answer("1", kind)).outcome.kind, kind);
        const bool is_success = kind == Outcome::Kind::success;
        EXPECT_EQ(as_told_by(500, answer("1", kind)).outcome.kind, is_success ? Outcome::Kind::unknown : kind);
    }
}

TEST(NoteAnswerTest, AnErrorWithoutAnIdTellsNothingOfSeveralRequests) {
    for (const std::string id : {"null", ""}) {
        auto two = operations({"1", "2"});
        note_answer(two, answer(id, Outcome::Kind::error), some_time);
        EXPECT_EQ(two[0].outcome.kind, Outcome::Kind::unknown);
    }
}

}  // namespace
}  // namespace mcp
