// Spans as OTLP/HTTP sends them in JSON (OpenTelemetry protocol 1, "JSON Protobuf Encoding"): ids in hexadecimal,
// numbers of 64 bits as strings, enumerations as numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mcp/span.h"

namespace report {

// One span. Whatever bytes its texts have, the JSON is valid UTF-8. Throws std::bad_alloc.
std::string otlp_span(const mcp::Span& span);

// An ExportTraceServiceRequest of spans that are JSON already. `service`: what service.name says. Throws
// std::bad_alloc.
std::string otlp_request(std::span<const std::string> spans, std::string_view service);

// Of how many spans an ExportTraceServiceResponse says that they were rejected; 0 for what is none.
std::uint64_t rejected_spans(std::string_view body) noexcept;

}  // namespace report
