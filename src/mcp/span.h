// A span of a trace (OpenTelemetry), and what one of a request to a protected resource says, by OpenTelemetry's
// conventions for MCP.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mcp/observation.h"
#include "mcp/trace_context.h"

namespace mcp {

enum class SpanKind : std::uint8_t {  // with the numbers of OTLP
    internal = 1,
    server = 2,
    client = 3,
};

struct SpanAttribute {
    std::string_view key;  // a constant
    std::variant<std::string, std::int64_t> value;
};

struct Span {
    TraceContext context;                // its own
    std::optional<SpanId> parent{};      // none: the trace begins with it
    std::string trace_state{};           // of the parent
    std::optional<TraceContext> link{};  // another trace that it belongs to as well
    SpanKind kind = SpanKind::internal;
    std::string name{};
    std::chrono::milliseconds begin{}, end{};  // since 1970, UTC
    std::vector<SpanAttribute> attributes{};
    bool is_error = false;
};

// Fills in what the observation says: name, kind, times, attributes, status. A name that only the client says, as
// nothing was there that answers to it, is no part of the span's: there may be a million of them. Throws
// std::bad_alloc.
void describe(Span& span, const Observation& observation);

}  // namespace mcp
