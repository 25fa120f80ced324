#include "report/otlp.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "oauth/json/json.h"
#include "oauth/json/json_text.h"

namespace report {
namespace {

constexpr std::string_view scope_name = "nginx-mcp-resource";
constexpr int status_error = 2;
// The parent is, or is not, of another process: what the field `flags` says besides the flags of W3C Trace Context.
constexpr unsigned has_is_remote = 0x100, is_remote = 0x200;

// Bytes that are no character become U+FFFD.
std::string utf8(std::string_view text) {
    std::string valid;
    while (!text.empty()) {
        const std::string_view rest = text;
        const char32_t character = base::take_character(text);
        const std::string_view taken = rest.substr(0, rest.size() - text.size());
        valid += character == U'\uFFFD' ? "\xEF\xBF\xBD" : taken;
    }
    return valid;
}

std::string json_string(std::string_view text) {
    return base::is_utf8(text) ? oauth::json::quoted(text) : oauth::json::quoted(utf8(text));
}

std::string nanoseconds(std::chrono::milliseconds time) {
    return '"' + std::to_string(std::chrono::nanoseconds(time).count()) + '"';
}

std::string flags(const mcp::TraceContext& context, unsigned also) {
    return std::to_string((context.is_sampled ? 1U : 0U) | also);
}

std::string attribute(std::string_view key, const std::variant<std::string, std::int64_t>& value) {
    std::string json = "{\"key\":" + json_string(key) + ",\"value\":{";
    if (const auto* text = std::get_if<std::string>(&value))
        json += "\"stringValue\":" + json_string(*text);
    else
        json += "\"intValue\":\"" + std::to_string(std::get<std::int64_t>(value)) + '"';
    return json + "}}";
}

std::string ids(const mcp::TraceContext& context) {
    return "\"traceId\":\"" + mcp::to_hex(context.trace_id) + "\",\"spanId\":\"" + mcp::to_hex(context.span_id) + '"';
}

}  // namespace

std::string otlp_span(const mcp::Span& span) {
    std::string json = '{' + ids(span.context);
    const bool has_remote_parent = span.parent && span.kind == mcp::SpanKind::server;
    if (span.parent) json += ",\"parentSpanId\":\"" + mcp::to_hex(*span.parent) + '"';
    if (!span.trace_state.empty()) json += ",\"traceState\":" + json_string(span.trace_state);
    json += ",\"flags\":" + flags(span.context, has_remote_parent ? has_is_remote | is_remote : has_is_remote);
    json += ",\"name\":" + json_string(span.name) + ",\"kind\":" + std::to_string(static_cast<int>(span.kind));
    json += ",\"startTimeUnixNano\":" + nanoseconds(span.begin);
    json += ",\"endTimeUnixNano\":" + nanoseconds(std::max(span.begin, span.end));
    json += ",\"attributes\":[";
    for (std::size_t i = 0; i < span.attributes.size(); i++)
        json += (i == 0 ? "" : ",") + attribute(span.attributes[i].key, span.attributes[i].value);
    json += ']';
    if (span.link)
        json += ",\"links\":[{" + ids(*span.link) + ",\"flags\":" + flags(*span.link, has_is_remote | is_remote) + "}]";
    if (span.is_error) json += ",\"status\":{\"code\":" + std::to_string(status_error) + '}';
    return json + '}';
}

std::string otlp_request(std::span<const std::string> spans, std::string_view service) {
    // Grown bit by bit it would leave a heap with holes of all sizes behind.
    std::size_t size = 256 + 6 * service.size();
    for (const std::string& span : spans)
        size += span.size() + 1;
    std::string json;
    json.reserve(size);
    json += "{\"resourceSpans\":[{\"resource\":{\"attributes\":[" + attribute("service.name", std::string(service)) +
            "]},\"scopeSpans\":[{\"scope\":{\"name\":" + json_string(scope_name) + "},\"spans\":[";
    for (std::size_t i = 0; i < spans.size(); i++)
        json.append(i == 0 ? "" : ",").append(spans[i]);
    return json + "]}]}]}";
}

// A number of 64 bits is a string there, but some write a number.
std::uint64_t rejected_spans(std::string_view body) noexcept {
    const auto document = oauth::json::Document::parse(body);
    if (!document) return 0;
    const auto partial = document->root().present("partialSuccess");
    const auto rejected = partial ? partial->present("rejectedSpans") : std::nullopt;
    if (!rejected) return 0;
    if (const auto number = rejected->unsigned_integer()) return *number;
    const std::string_view digits = rejected->string().value_or("");
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace report
