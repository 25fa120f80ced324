#include "mcp/span.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "mcp/audit_record.h"
#include "mcp/error_type.h"
#include "mcp/jsonrpc.h"
#include "mcp/methods.h"
#include "mcp/observation.h"

namespace mcp {
namespace {

constexpr std::string_view tool_method = "tools/call";
constexpr std::string_view prompt_method = "prompts/get";

bool is_known_method(std::string_view method) noexcept {
    return std::ranges::find(known_methods(), method) != known_methods().end();
}

// Something on the server has answered to it, or may have.
bool is_reached(const Observation& observation, const ObservedOperation& operation) noexcept {
    return lets_in(observation.judgement) && operation.outcome.kind != Outcome::Kind::error;
}

// Of the methods that HTTP defines; "HTTP" for others (conventions for HTTP spans).
std::string_view http_name(std::string_view method) noexcept {
    constexpr std::array<std::string_view, 9> defined = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS",
                                                         "PATCH",   "POST",   "PUT", "TRACE"};
    return std::ranges::find(defined, method) != defined.end() ? method : "HTTP";
}

std::string span_name(const Observation& observation) {
    if (observation.operations.empty()) return std::string(http_name(observation.http_method));
    const ObservedOperation& operation = observation.operations.front();
    const bool is_there = is_reached(observation, operation);
    const bool is_served = is_there && operation.outcome.kind == Outcome::Kind::success;
    if (!is_known_method(operation.method) && !is_served) return std::string(http_name(observation.http_method));
    const bool has_target = operation.method == tool_method || operation.method == prompt_method;
    if (!has_target || !is_there || !operation.name) return operation.method;
    return operation.method + ' ' + *operation.name;
}

class Attributes {
public:
    explicit Attributes(Span& span) : span_(span) {
        constexpr std::size_t most = 20;  // that one has
        span_.attributes.reserve(most);
    }

    // Where there is something to say; text of strangers, as a header has it.
    void add(std::string_view key, std::string_view value) {
        if (!value.empty()) span_.attributes.push_back({key, base::shortened(value)});
    }
    void add(std::string_view key, std::int64_t value) { span_.attributes.push_back({key, value}); }

private:
    Span& span_;
};

// A string as it is, without quotes; of one with escapes the JSON text.
std::string_view id_text(std::string_view json) noexcept {
    const bool is_plain = json.size() >= 2 && json.starts_with('"') && !json.contains('\\');
    return is_plain ? json.substr(1, json.size() - 2) : json;
}

void add_operation(Attributes& attributes, const ObservedOperation& operation) {
    attributes.add("mcp.method.name", operation.method);
    if (operation.id != "null") attributes.add("jsonrpc.request.id", id_text(operation.id));
    if (operation.outcome.kind == Outcome::Kind::error && operation.outcome.code)
        attributes.add("rpc.response.status_code", std::to_string(*operation.outcome.code));
    if (operation.method == tool_method) attributes.add("gen_ai.operation.name", "execute_tool");
    if (!operation.name) return;
    if (operation.method == tool_method) {
        attributes.add("gen_ai.tool.name", *operation.name);
    } else if (operation.method == prompt_method) {
        attributes.add("gen_ai.prompt.name", *operation.name);
    } else if (const Target* target = target_of(operation.method);
               target != nullptr && target->kind == Addressed::uri) {
        attributes.add("mcp.resource.uri", shown_name(operation));
    }
}

// Of the first operation that failed: a batch may have several. What ended after each had its answer failed none.
std::string error_of(const Observation& observation) {
    for (const ObservedOperation& operation : observation.operations)
        if (std::string error = error_type(observation, operation.outcome); !error.empty()) return error;
    const bool is_cut = observation.cut_by != CutBy::nobody;
    return observation.operations.empty() || !is_cut ? error_type(observation, {}) : "";
}

void add_http(Attributes& attributes, const Observation& observation) {
    attributes.add("http.request.method", observation.http_method);
    if (observation.status != 0) attributes.add("http.response.status_code", observation.status);
    if (!hides_identity(observation)) attributes.add("client.address", observation.address);
    attributes.add("network.transport", observation.http_version == "3" ? "quic" : "tcp");
    attributes.add("network.protocol.name", "http");
    attributes.add("network.protocol.version", observation.http_version);
}

void add_decision(Attributes& attributes, const Observation& observation) {
    attributes.add("mcp_resource.uri", observation.resource);
    attributes.add("mcp_resource.decision", name_of(observation.judgement));
    attributes.add("mcp_resource.reason", observation.reason);
    attributes.add("mcp_resource.decision_id", observation.decision_id);
}

}  // namespace

void describe(Span& span, const Observation& observation) {
    span.kind = SpanKind::server;
    span.name = span_name(observation);
    span.begin = observation.begin;
    span.end = observation.begin + std::chrono::ceil<std::chrono::milliseconds>(observation.duration);
    Attributes attributes(span);
    if (!observation.operations.empty()) add_operation(attributes, observation.operations.front());
    if (observation.operations.size() > 1)
        attributes.add("mcp_resource.batch_size", static_cast<std::int64_t>(observation.operations.size()));
    attributes.add("mcp.protocol.version", observation.revision);
    if (!observation.session.empty()) attributes.add("mcp.session.id", shown_session(observation));
    const std::string error = error_of(observation);
    attributes.add("error.type", error);
    span.is_error = !error.empty();
    add_http(attributes, observation);
    add_decision(attributes, observation);
}

}  // namespace mcp
