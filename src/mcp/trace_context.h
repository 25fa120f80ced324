// Where a request is in a trace, as programs tell each other (W3C Trace Context, level 1).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mcp {

// None is all zero (section 3.2.2.3 and 3.2.2.4).
using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

struct TraceContext {
    TraceId trace_id{};
    SpanId span_id{};         // of who sends it
    bool is_sampled = false;  // who sends it records the trace
};

// Of the header `traceparent`, or of a member of that name. nullopt for what section 3.2 does not allow: then there is
// no trace to go on with. A version after 00 is read as far as version 00 goes (section 4.3).
std::optional<TraceContext> parse_traceparent(std::string_view text) noexcept;
std::string traceparent(const TraceContext& context);  // version 00
// The ids in what traceparent() returns.
constexpr std::string_view trace_id_in(std::string_view traceparent) noexcept {
    return traceparent.substr(3, 32);
}
constexpr std::string_view span_id_in(std::string_view traceparent) noexcept {
    return traceparent.substr(36, 16);
}

// Whether it may be handed on as it is: at most `longest_trace_state` bytes, 32 members, no key twice (section 3.3.1).
inline constexpr std::size_t longest_trace_state = 512;
bool is_trace_state(std::string_view text) noexcept;

// Which of the traces that begin here are recorded: this part of them, 0 to 1. All who use the same ratio, and this
// rule, choose the same: by the last 56 bits of the trace id, which are random (W3C Trace Context, level 2).
class TraceRatio {
public:
    // nullopt for what is no decimal number from 0 to 1.
    static std::optional<TraceRatio> parse(std::string_view text) noexcept;
    static TraceRatio all() noexcept { return TraceRatio(0); }

    bool includes(const TraceId& id) const noexcept;

private:
    explicit TraceRatio(std::uint64_t first) noexcept : first_(first) {}
    std::uint64_t first_;  // the least number of an id that is recorded; 2^56: none is
};

}  // namespace mcp
