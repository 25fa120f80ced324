// What is known of a request to a protected resource when it ends: what it asked for, what was decided, and what came
// back. The record, the metrics, the status page and traces are made of it. Never an argument, a result or a token.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mcp {

struct AuditSettings;

enum class Judgement : std::uint8_t {
    pass,
    anonymous,  // passed without a token: mcp_allow_anonymous
    refuse,
    preflight,  // answered by nginx (CORS)
};

// How an operation went, as far as its answer says.
struct Outcome {
    enum class Kind : std::uint8_t {
        unknown,     // no answer, one that could not be read, or nobody observes
        success,     // a JSON-RPC result
        tool_error,  // a result with "isError": true
        error,       // a JSON-RPC error
    };
    Kind kind = Kind::unknown;
    std::int64_t code = 0;  // of an error
};

// One message that asks for something. Texts are shortened (base::shortened), and are the client's: they may contain
// anything that is valid UTF-8.
struct ObservedOperation {
    std::string method;
    std::optional<std::string> name{};  // of a tool or prompt, the URI of a resource, or the id of a task
    std::string id{};                   // of a request, as JSON text; empty: a notification, "null": not readable
    std::string traceparent{};          // params._meta.traceparent as it came: anything that fits (SEP-414)
    Outcome outcome{};
    std::chrono::microseconds duration{};  // until its answer passed; without one, of the whole request
};

// Views are valid while the request lives.
struct Observation {
    const AuditSettings* audit = nullptr;  // of the location that judged: how identities may be shown; null: as they are
    std::chrono::milliseconds begin{};  // since 1970, UTC
    Judgement judgement = Judgement::refuse;
    std::string_view decision_id{};                                      // of a refusal
    std::string_view reason{};                                           // of a refusal: mcp::Reason::name
    std::string_view resource{};                                         // its URI
    std::optional<std::string> issuer{}, subject{}, client{}, scopes{};  // of the verified token, as it says them
    std::optional<std::string> missing{};  // scopes that a refusal asks for, space-separated
    std::string_view address{};            // $remote_addr
    std::string_view http_method{};
    std::string_view http_version{};              // "1.1", "2", "3"; empty: not known
    std::string_view revision{};                  // of MCP: what the client says it speaks; empty: it did not say
    std::string_view session{};                   // Mcp-Session-Id as it came: only a hash of it may be shown
    std::string_view trace_id{}, span_id{};       // in hexadecimal (W3C Trace Context); empty: it is not traced
    std::vector<ObservedOperation> operations{};  // empty: none, or what the request asks for is not known
    bool operations_known = false;
    int status = 0;  // 0: the client went before there was one
    std::uint64_t bytes_received = 0, bytes_sent = 0;
    std::chrono::microseconds duration{};       // from the first byte of the request to the last of the answer
    std::chrono::microseconds authorization{};  // until it was decided, waiting for keys or introspection included
    std::optional<std::chrono::microseconds> backend{};  // until the backend's last byte
};

}  // namespace mcp
