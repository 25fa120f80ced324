#include "mcp/span.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/text.h"

namespace mcp {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

Observation passed(std::string method, std::optional<std::string> name = std::nullopt, Outcome outcome = {}) {
    Observation observation;
    observation.begin = milliseconds(1000);
    observation.duration = microseconds(2500);
    observation.judgement = Judgement::pass;
    observation.resource = "https://mcp.example.com/mcp";
    observation.http_method = "POST";
    observation.http_version = "1.1";
    observation.status = 200;
    observation.operations.push_back(
        {.method = std::move(method), .name = std::move(name), .id = "7", .outcome = outcome});
    return observation;
}

Span span_of(const Observation& observation) {
    Span span;
    describe(span, observation);
    return span;
}

std::string attribute(const Span& span, std::string_view key) {
    for (const SpanAttribute& each : span.attributes) {
        if (each.key != key) continue;
        const auto* text = std::get_if<std::string>(&each.value);
        return text != nullptr ? *text : std::to_string(std::get<std::int64_t>(each.value));
    }
    return "(none)";
}

constexpr Outcome success{.kind = Outcome::Kind::success};
constexpr Outcome tool_error{.kind = Outcome::Kind::tool_error};
constexpr Outcome unknown_tool{.kind = Outcome::Kind::error, .code = -32602};

// SPEC 101
TEST(ServerSpan, OfAToolCallIsNamedAfterTheTool) {
    const Span span = span_of(passed("tools/call", "get-weather", success));
    EXPECT_EQ(span.name, "tools/call get-weather");
    EXPECT_EQ(span.kind, SpanKind::server);
    EXPECT_EQ(attribute(span, "mcp.method.name"), "tools/call");
    EXPECT_EQ(attribute(span, "gen_ai.tool.name"), "get-weather");
    EXPECT_EQ(attribute(span, "gen_ai.operation.name"), "execute_tool");
    EXPECT_EQ(attribute(span, "jsonrpc.request.id"), "7");
    EXPECT_EQ(attribute(span, "error.type"), "(none)");
    EXPECT_EQ(attribute(span, "mcp_resource.decision"), "pass");
    EXPECT_EQ(attribute(span, "http.response.status_code"), "200");
    EXPECT_EQ(attribute(span, "network.transport"), "tcp");
    EXPECT_EQ(attribute(span, "network.protocol.version"), "1.1");
    EXPECT_FALSE(span.is_error);
}

TEST(ServerSpan, LastsAsLongAsTheRequestRoundedUp) {
    const Span span = span_of(passed("ping"));
    EXPECT_EQ(span.begin, milliseconds(1000));
    EXPECT_EQ(span.end, milliseconds(1003));
}

TEST(ServerSpan, OfAPromptIsNamedAfterIt) {
    const Span span = span_of(passed("prompts/get", "analyze-code"));
    EXPECT_EQ(span.name, "prompts/get analyze-code");
    EXPECT_EQ(attribute(span, "gen_ai.prompt.name"), "analyze-code");
    EXPECT_EQ(attribute(span, "gen_ai.tool.name"), "(none)");
}

TEST(ServerSpan, NamesTheResourceInAnAttributeAlone) {
    const Span span = span_of(passed("resources/read", "file:///a", success));
    EXPECT_EQ(span.name, "resources/read");
    EXPECT_EQ(attribute(span, "mcp.resource.uri"), "file:///a");
    EXPECT_EQ(attribute(span_of(passed("tasks/get", "task-1")), "mcp.resource.uri"), "(none)");
}

TEST(ServerSpan, DoesNotTakeItsNameFromAClientAlone) {
    EXPECT_EQ(span_of(passed("tools/call", "invented", unknown_tool)).name, "tools/call");
    EXPECT_EQ(span_of(passed("invented/method")).name, "POST");
    EXPECT_EQ(span_of(passed("invented/method", std::nullopt, unknown_tool)).name, "POST");
    EXPECT_EQ(span_of(passed("own/method", std::nullopt, success)).name, "own/method");
    Observation refused = passed("tools/call", "invented");
    refused.judgement = Judgement::refuse;
    EXPECT_EQ(span_of(refused).name, "tools/call");
    EXPECT_EQ(attribute(span_of(refused), "gen_ai.tool.name"), "invented");
}

TEST(ServerSpan, OfARequestThatNobodyReadIsNamedAfterTheHttpMethod) {
    Observation observation = passed("ping");
    observation.operations.clear();
    EXPECT_EQ(span_of(observation).name, "POST");
    observation.http_method = "INVENTED";
    EXPECT_EQ(span_of(observation).name, "HTTP");
    EXPECT_EQ(attribute(span_of(observation), "mcp.method.name"), "(none)");
}

TEST(ServerSpan, OfAnErrorHasItsTypeAndStatus) {
    const Span wrong = span_of(passed("tools/call", "x", unknown_tool));
    EXPECT_TRUE(wrong.is_error);
    EXPECT_EQ(attribute(wrong, "error.type"), "-32602");
    EXPECT_EQ(attribute(wrong, "rpc.response.status_code"), "-32602");
    const Span failed = span_of(passed("tools/call", "x", tool_error));
    EXPECT_TRUE(failed.is_error);
    EXPECT_EQ(attribute(failed, "error.type"), "tool_error");
    EXPECT_EQ(attribute(failed, "rpc.response.status_code"), "(none)");
    Observation broken = passed("tools/call", "x");
    broken.status = 502;
    EXPECT_EQ(attribute(span_of(broken), "error.type"), "502");
    broken.status = 0;
    EXPECT_EQ(attribute(span_of(broken), "error.type"), "499");
    Observation partial = passed("tools/call", "x");
    partial.status = 408;
    partial.is_received_whole = false;
    EXPECT_EQ(attribute(span_of(partial), "error.type"), "499") << "the client did not send all of it";
    EXPECT_EQ(attribute(span_of(broken), "http.response.status_code"), "(none)");
}

TEST(ServerSpan, OfAnErrorWithoutACodeHasTheTypeOfOthers) {
    const Span span = span_of(passed("tools/call", "x", {.kind = Outcome::Kind::error}));
    EXPECT_TRUE(span.is_error);
    EXPECT_EQ(attribute(span, "error.type"), "_OTHER");
    EXPECT_EQ(attribute(span, "rpc.response.status_code"), "(none)");
}

TEST(ServerSpan, OfWhatWasNotSentWholeIsAnError) {
    Observation cut = passed("tools/call", "x");
    cut.cut_by = CutBy::client;
    EXPECT_EQ(attribute(span_of(cut), "error.type"), "499");
    EXPECT_EQ(attribute(span_of(cut), "http.response.status_code"), "200") << "which the client got";
    cut.cut_by = CutBy::backend;
    EXPECT_EQ(attribute(span_of(cut), "error.type"), "502");
    cut.operations.front().outcome = success;
    EXPECT_FALSE(span_of(cut).is_error) << "its answer came before";
    cut.operations.clear();
    EXPECT_TRUE(span_of(cut).is_error) << "nobody knows what it was";
}

TEST(ServerSpan, OfWhatAnotherRuleLetInIsNoError) {
    Observation satisfied = passed("tools/call", "x", success);
    satisfied.judgement = Judgement::satisfied;
    satisfied.reason = "credentials_missing";
    const Span span = span_of(satisfied);
    EXPECT_FALSE(span.is_error);
    EXPECT_EQ(span.name, "tools/call x");
    EXPECT_EQ(attribute(span, "mcp_resource.decision"), "satisfied");
    EXPECT_EQ(attribute(span, "mcp_resource.reason"), "credentials_missing") << "why it was not accepted here";
}

TEST(ServerSpan, OfAResourceHasNeitherUserInfoNorQuery) {
    const Span span = span_of(passed("resources/read", "https://alice:secret@example.com/a?key=secret#b", success));
    EXPECT_EQ(attribute(span, "mcp.resource.uri"), "https://example.com/a");
}

TEST(ServerSpan, OfARefusalSaysWhyAndWhichId) {
    Observation refused = passed("tools/call", "x");
    refused.judgement = Judgement::refuse;
    refused.status = 403;
    refused.reason = "insufficient_scope";
    refused.decision_id = "0123abcd";
    const Span span = span_of(refused);
    EXPECT_TRUE(span.is_error);
    EXPECT_EQ(attribute(span, "error.type"), "insufficient_scope");
    EXPECT_EQ(attribute(span, "mcp_resource.decision"), "refuse");
    EXPECT_EQ(attribute(span, "mcp_resource.decision_id"), "0123abcd");
}

TEST(ServerSpan, OfABatchIsThatOfItsFirstOperationAndOfTheFirstError) {
    Observation batch = passed("tools/call", "first", success);
    batch.operations.push_back({.method = "tools/call", .name = "second", .id = "8", .outcome = tool_error});
    const Span span = span_of(batch);
    EXPECT_EQ(span.name, "tools/call first");
    EXPECT_EQ(attribute(span, "mcp_resource.batch_size"), "2");
    EXPECT_EQ(attribute(span, "error.type"), "tool_error");
}

TEST(ServerSpan, HasNoIdentityAndNoSession) {
    Observation observation = passed("ping");
    observation.subject = "alice-the-subject";
    observation.client = "client-of-alice";
    observation.session = "the-session";
    const Span span = span_of(observation);
    EXPECT_EQ(attribute(span, "mcp.session.id").size(), 16U) << "of a hash";
    for (const SpanAttribute& each : span.attributes) {
        const auto* text = std::get_if<std::string>(&each.value);
        for (const char* secret : {"alice", "the-session"})
            EXPECT_TRUE(text == nullptr || !text->contains(secret)) << each.key;
    }
}

TEST(ServerSpan, ShowsStringIdsWithoutQuotes) {
    Observation observation = passed("ping");
    observation.operations.front().id = "\"request-7\"";
    EXPECT_EQ(attribute(span_of(observation), "jsonrpc.request.id"), "request-7");
    observation.operations.front().id = "\"a\\\"b\"";
    EXPECT_EQ(attribute(span_of(observation), "jsonrpc.request.id"), "\"a\\\"b\"");
    observation.operations.front().id = "null";
    EXPECT_EQ(attribute(span_of(observation), "jsonrpc.request.id"), "(none)");
    observation.operations.front().id = "";
    EXPECT_EQ(attribute(span_of(observation), "jsonrpc.request.id"), "(none)");
}

TEST(ServerSpan, IsBounded) {
    const std::string long_text(100000, 'x');
    Observation observation = passed("tools/call", base::shortened(long_text), success);
    observation.revision = long_text;
    std::size_t bytes = 0;
    const Span span = span_of(observation);
    for (const SpanAttribute& each : span.attributes)
        if (const auto* text = std::get_if<std::string>(&each.value)) bytes += text->size();
    EXPECT_LT(bytes + span.name.size(), 5000U);
}

}  // namespace
}  // namespace mcp
