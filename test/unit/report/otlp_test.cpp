#include "report/otlp.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "oauth/json/json.h"

namespace report {
namespace {

using oauth::json::Document;
using oauth::json::Value;

mcp::Span example() {
    mcp::Span span;
    span.context = *mcp::parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    span.kind = mcp::SpanKind::server;
    span.name = "tools/call get-weather";
    span.begin = std::chrono::milliseconds(1769940000123);
    span.end = std::chrono::milliseconds(1769940000456);
    span.attributes = {{"mcp.method.name", "tools/call"}, {"http.response.status_code", std::int64_t{200}}};
    return span;
}

Document parsed(const std::string& json) {
    auto document = Document::parse(json, {.max_bytes = std::size_t{1024} * 1024});
    EXPECT_TRUE(document) << json;
    return *std::move(document);
}

TEST(OtlpSpan, IsWrittenAsTheProtocolHasIt) {
    mcp::Span span = example();
    span.parent = mcp::SpanId{0x05, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f, 0x60, 0x71};
    span.trace_state = "rojo=1";
    span.link = mcp::parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
    span.is_error = true;
    EXPECT_EQ(
        otlp_span(span),
        R"({"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7",)"
        R"("parentSpanId":"051b2c3d4e5f6071","traceState":"rojo=1","flags":769,"name":"tools/call get-weather","kind":2,)"
        R"("startTimeUnixNano":"1769940000123000000","endTimeUnixNano":"1769940000456000000",)"
        R"("attributes":[{"key":"mcp.method.name","value":{"stringValue":"tools/call"}},)"
        R"({"key":"http.response.status_code","value":{"intValue":"200"}}],)"
        R"("links":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","flags":768}],)"
        R"("status":{"code":2}})");
}

TEST(OtlpSpan, LeavesOutWhatIsNotThere) {
    const std::string json = otlp_span(example());
    for (const char* member : {"parentSpanId", "traceState", "links", "status"})
        EXPECT_FALSE(parsed(json).root().member(member)) << member;
}

TEST(OtlpSpan, NeverEndsBeforeItBegins) {
    mcp::Span span = example();
    span.end = span.begin - std::chrono::milliseconds(5);  // the system's clock was set back
    const auto document = parsed(otlp_span(span));
    EXPECT_EQ(document.root().member("endTimeUnixNano")->string(),
              document.root().member("startTimeUnixNano")->string());
}

TEST(OtlpSpan, IsJsonWhateverItsTextsSay) {
    for (const std::string& text :
         {std::string("\"}]},"), std::string("\\"), std::string("a\r\nb\0c", 6), std::string("\xE2\x80\xA8"),
          std::string("\xFF\xC0\x80\xED\xA0\x80"), std::string("\xF0\x9F\x98"), std::string("</script>")}) {
        mcp::Span span = example();
        span.name = text;
        span.attributes.push_back({"mcp.protocol.version", text});
        const auto document = parsed(otlp_span(span));
        EXPECT_EQ(document.root().size(), 8U);
        EXPECT_EQ(document.root().member("attributes")->size(), 3U);
    }
    mcp::Span span = example();
    span.name =
        "a\xFF"
        "b";
    EXPECT_EQ(parsed(otlp_span(span)).root().member("name")->string(),
              "a\xEF\xBF\xBD"
              "b");
}

TEST(OtlpRequest, HoldsAllSpansOfOneService) {
    const std::array<std::string, 2> spans = {otlp_span(example()), otlp_span(example())};
    const auto document = parsed(otlp_request(spans, "my \"service\""));
    const Value resource_spans = *document.root().member("resourceSpans")->element(0);
    const Value attribute = *resource_spans.member("resource")->member("attributes")->element(0);
    EXPECT_EQ(attribute.member("key")->string(), "service.name");
    EXPECT_EQ(attribute.member("value")->member("stringValue")->string(), "my \"service\"");
    const Value scope_spans = *resource_spans.member("scopeSpans")->element(0);
    EXPECT_EQ(scope_spans.member("scope")->member("name")->string(), "nginx-mcp-resource");
    EXPECT_EQ(scope_spans.member("spans")->size(), 2U);
}

TEST(OtlpResponse, SaysHowManySpansWereRejected) {
    EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too many"}})"), 3U);
    EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":3}})"), 3U);
}

TEST(OtlpResponse, OfAnyOtherKindRejectsNone) {
    for (const char* body : {"", "{}", "[]", "null", "<html>", R"({"partialSuccess":{}})", R"({"partialSuccess":null})",
                             R"({"partialSuccess":[1]})", R"({"partialSuccess":{"rejectedSpans":"-3"}})",
                             R"({"partialSuccess":{"rejectedSpans":"3 spans"}})",
                             R"({"partialSuccess":{"rejectedSpans":""}})", R"({"partialSuccess":{"rejectedSpans":{}}})",
                             R"({"partialSuccess":{"rejectedSpans":"99999999999999999999"}})"})
        EXPECT_EQ(rejected_spans(body), 0U) << body;
}

}  // namespace
}  // namespace report
