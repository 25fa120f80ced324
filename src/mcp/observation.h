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
    satisfied,  // not accepted here, and let in by another access module of nginx ("satisfy any")
};

// As all reports call it.
constexpr std::string_view name_of(Judgement judgement) noexcept {
    switch (judgement) {
        case Judgement::pass:
            return "pass";
        case Judgement::anonymous:
            return "anonymous";
        case Judgement::refuse:
            return "refuse";
        case Judgement::preflight:
            return "preflight";
        case Judgement::satisfied:
            return "satisfied";
    }
    return "";
}

// The MCP server gets it.
constexpr bool lets_in(Judgement judgement) noexcept {
    return judgement == Judgement::pass || judgement == Judgement::anonymous || judgement == Judgement::satisfied;
}

// Who ended an answer that was not whole.
enum class CutBy : std::uint8_t {
    nobody,   // it was sent to its end, or never began
    client,   // or it has not sent its request whole
    backend,  // its connection ended, or it sent nothing for longer than it may; or nginx has answered in its place
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
    std::optional<std::int64_t> code{};  // of an error; none: it has no code that is an integer
};

// One message that asks for something. Texts are shortened (base::shortened), and are the client's: they may contain
// anything that is valid UTF-8.
struct ObservedOperation {
    std::string method;
    std::optional<std::string> name{};  // of a tool or prompt, or the URI of a resource: see shown_name()
    std::string id{};                   // of a request, as JSON text; empty: a notification, "null": not readable
    std::string traceparent{};          // params._meta.traceparent as it came: anything that fits (SEP-414)
    Outcome outcome{};
    bool is_answered_by_other_id = false;  // as the only request: another answer may be more to the point
    std::chrono::microseconds duration{};  // until its answer passed; without one, of the whole request
};

// What may be shown of its name: of a URI neither user info nor what is behind its path, which may hold a password or a
// key.
std::string shown_name(const ObservedOperation& operation);

constexpr bool is_http_error(int status) noexcept {
    return status >= 400;
}

struct Observation;

// Whether it was cut, as far as that is a failure: a client is free to leave a stream of the server's own messages
// (GET, subscriptions/listen), and one in which each of its requests has been answered. Of an observation that knows
// its operations, and whose `cut_by` is who ended it.
CutBy failing_cut(const Observation& observation) noexcept;

// Views are valid while the request lives.
struct Observation {
    const AuditSettings* audit =
        nullptr;                        // of the location that judged: how identities may be shown; null: as they are
    std::chrono::milliseconds begin{};  // since 1970, UTC
    Judgement judgement = Judgement::refuse;
    std::string_view decision_id{};                                      // of what was not accepted here
    std::string_view reason{};                                           // the same: mcp::Reason::name
    std::string_view resource{};                                         // its URI
    std::optional<std::string> issuer{}, subject{}, client{}, scopes{};  // of the verified token, as it says them
    std::optional<std::string> missing{};  // scopes that a refusal asks for, space-separated
    std::string_view limit{};              // the name of the one that refused it; empty: none
    std::string_view address{};            // $remote_addr
    std::string_view http_method{};
    std::string_view http_version{};              // "1.1", "2", "3"; empty: not known
    std::string_view revision{};                  // of MCP: what the client says it speaks; empty: it did not say
    std::string_view session{};                   // Mcp-Session-Id as it came: only a hash of it may be shown
    std::string shown_session{};                  // that hash, where it was made already
    std::string_view trace_id{}, span_id{};       // in hexadecimal (W3C Trace Context); empty: it is not traced
    std::vector<ObservedOperation> operations{};  // empty: none, or what the request asks for is not known
    bool operations_known = false;
    int status = 0;  // 0: the client went before there was one
    CutBy cut_by = CutBy::nobody;
    bool is_received_whole = true;  // else the client has not sent its body whole, and nobody has answered it
    std::uint64_t bytes_received = 0, bytes_sent = 0;
    std::chrono::microseconds duration{};       // from the first byte of the request to the last of the answer
    std::chrono::microseconds authorization{};  // until it was decided, waiting for keys or introspection included
    std::optional<std::chrono::microseconds> backend{};  // until the backend's last byte
};

}  // namespace mcp
