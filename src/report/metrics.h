// Counts what happens, into a block that all workers share. Nothing here fails a request, waits, or allocates.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/observation.h"
#include "report/metric_keys.h"
#include "report/metrics_block.h"

namespace report {

// A view of the block. Texts may be any bytes, of any length.
class Metrics {
public:
    explicit Metrics(MetricsBlock& block) noexcept : block_(&block) {}

    // When a worker begins: MCP's own methods have a place, whatever comes.
    void reserve_methods() noexcept;

    // A request has ended. A method or tool gets a place by a result without an error: a server may answer an invented
    // name with "isError" (the TypeScript SDK does), and anybody can invent names.
    void count(const mcp::Observation& observation) noexcept;
    void count_fetch(FetchKind kind, std::string_view server, bool succeeded) noexcept;
    void count_introspection(IntrospectionResult result) noexcept { add(block_->introspections, result); }
    void count_limit(LimitVerdict verdict) noexcept { add(block_->limits, verdict); }
    void count_limit_wait(std::chrono::microseconds time) noexcept { block_->limit_waits.add(time); }
    void count_span(SpanResult result, std::uint64_t spans = 1) noexcept { add(block_->spans, result, spans); }

    // Times since the machine was started: std::chrono::steady_clock.
    void set_keys(std::string_view source, std::chrono::milliseconds asked_at,
                  std::chrono::milliseconds usable_until) noexcept;
    void set_keys_failing(std::string_view source, std::chrono::milliseconds now, std::string_view why) noexcept;
    struct KeyState {
        std::optional<std::chrono::milliseconds> asked_at;      // none: no worker has any
        std::optional<std::chrono::milliseconds> usable_until;  // of those
        std::optional<std::chrono::milliseconds> failing_since;
    };
    // None: there is no place for these, so that nobody knows. Where there is one, it is theirs from now on.
    std::optional<KeyState> keys(std::string_view source) noexcept;
    // Why the last fetch failed; empty: it did not, or nobody knows. Throws std::bad_alloc.
    std::string keys_failure(std::string_view source) const;

    // Of the worker in this slot (ngx_process_slot). Begin: what one that died there has left is gone.
    WorkerGauges* begin_worker(std::size_t slot, std::int64_t process) noexcept;  // null: no such slot
    static void end_worker(WorkerGauges& gauges) noexcept { gauges.process.store(0, std::memory_order_relaxed); }

    const MetricsBlock& block() const noexcept { return *block_; }

private:
    template <class Counters, class Index>
    static void add(Counters& counters, Index index, std::uint64_t number = 1) noexcept {
        counters.at(static_cast<std::size_t>(index)).fetch_add(number, std::memory_order_relaxed);
    }
    void count_decision(const mcp::Observation& observation, std::uint16_t resource) noexcept;
    void count_operation(const mcp::Observation& observation, const mcp::ObservedOperation& operation,
                         std::uint16_t resource) noexcept;

    MetricsBlock* block_;
};

}  // namespace report
