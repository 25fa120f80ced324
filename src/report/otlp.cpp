#include "report/otlp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <variant>

#include "base/escape.h"
#include "base/text.h"
#include "oauth/json/json.h"
#include "oauth/json/json_text.h"

namespace report {
namespace {

constexpr std::string_view scope_name = "nginx-mcp-resource";
constexpr int status_error = 2;
// The parent is, or is not, of another process: what the field `flags` says besides the flags of W3C Trace Context.
constexpr unsigned has_is_remote = 0x100, is_remote = 0x200;

void append_string(std::string& json, std::string_view text) {
    if (oauth::json::is_plain(text)) {
        json.append(1, '"').append(text) += '"';
    } else {
        oauth::json::append_quoted(json, base::is_utf8(text) ? text : base::valid_utf8(text));
    }
}

template <class Integer>
void append_number(std::string& json, Integer number) {
    std::array<char, 20> digits{};
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    json += std::string_view(digits.data(), end);
}

// In nanoseconds.
void append_time(std::string& json, std::chrono::milliseconds time) {
    json += '"';
    append_number(json, std::chrono::nanoseconds(time).count());
    json += '"';
}

void append_flags(std::string& json, const mcp::TraceContext& context, unsigned also) {
    append_number(json, (context.is_sampled ? 1U : 0U) | also);
}

// `key`: a constant.
void append_attribute(std::string& json, std::string_view key, std::string_view value) {
    json.append("{\"key\":\"").append(key).append("\",\"value\":{\"stringValue\":");
    append_string(json, value);
    json += "}}";
}

void append_attribute(std::string& json, std::string_view key, std::int64_t value) {
    json.append("{\"key\":\"").append(key).append("\",\"value\":{\"intValue\":\"");
    append_number(json, value);
    json += "\"}}";
}

void append_attributes(std::string& json, std::span<const mcp::SpanAttribute> attributes) {
    std::string_view separator;
    json += ",\"attributes\":[";
    for (const mcp::SpanAttribute& attribute : attributes) {
        json += std::exchange(separator, ",");
        std::visit([&](const auto& value) { append_attribute(json, attribute.key, value); }, attribute.value);
    }
    json += ']';
}

void append_ids(std::string& json, const mcp::TraceContext& context) {
    base::append_hex(json.append("\"traceId\":\""), context.trace_id);
    base::append_hex(json.append("\",\"spanId\":\""), context.span_id);
    json += '"';
}

void append_links(std::string& json, const mcp::TraceContext& link) {
    json += ",\"links\":[{";
    append_ids(json, link);
    json += ",\"flags\":";
    append_flags(json, link, has_is_remote | is_remote);
    json += "}]";
}

// Whose it is: ids, parent, and what W3C Trace Context says of it.
void append_context(std::string& json, const mcp::Span& span) {
    append_ids(json, span.context);
    if (span.parent) {
        base::append_hex(json.append(",\"parentSpanId\":\""), *span.parent);
        json += '"';
    }
    if (!span.trace_state.empty()) append_string(json += ",\"traceState\":", span.trace_state);
    const bool has_remote_parent = span.parent && span.kind == mcp::SpanKind::server;
    append_flags(json += ",\"flags\":", span.context, has_remote_parent ? has_is_remote | is_remote : has_is_remote);
}

}  // namespace

std::string otlp_span(const mcp::Span& span) {
    constexpr std::size_t usual_size = 2048;
    std::string json;
    json.reserve(usual_size);
    append_context(json += '{', span);
    append_string(json += ",\"name\":", span.name);
    append_number(json += ",\"kind\":", static_cast<int>(span.kind));
    append_time(json += ",\"startTimeUnixNano\":", span.begin);
    append_time(json += ",\"endTimeUnixNano\":", std::max(span.begin, span.end));
    append_attributes(json, span.attributes);
    if (span.link) append_links(json, *span.link);
    if (span.is_error) {
        append_number(json += ",\"status\":{\"code\":", status_error);
        json += '}';
    }
    return json += '}';
}

std::string otlp_request(std::span<const std::string> spans, std::string_view service) {
    constexpr std::size_t around = 256;  // what stands before and behind, roughly
    std::size_t size = around + service.size();
    for (const std::string& span : spans)
        size += span.size() + 1;
    std::string json;
    json.reserve(size);
    append_attribute(json += "{\"resourceSpans\":[{\"resource\":{\"attributes\":[", "service.name", service);
    append_string(json += "]},\"scopeSpans\":[{\"scope\":{\"name\":", scope_name);
    json += "},\"spans\":[";
    std::string_view separator;
    for (const std::string& span : spans)
        json.append(std::exchange(separator, ",")).append(span);
    return json += "]}]}]}";
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
