// What all workers count together: one block of shared memory, of a fixed size.
//
// Counters only grow, and are added to without a lock; gauges belong to a worker each. A worker that is killed leaves
// what it counted, and at most one request half counted.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "report/histogram.h"
#include "report/name_table.h"
#include "report/series_table.h"
#include "report/shared_text.h"

namespace report {

using Counter = std::atomic<std::uint64_t>;

// Of one worker, which is the only one that writes it. By ngx_process_slot: a worker that serves its last requests
// after a reload has another one than those that were started since.
struct alignas(64) WorkerGauges {
    std::atomic<std::int64_t> process;  // 0: nobody
    Counter waiting_requests;           // for an answer of an authorization server
    Counter open_streams;
};

// Times of a clock that nobody can set, in milliseconds (CLOCK_MONOTONIC); 0: never.
struct KeyTimes {
    std::atomic<std::int64_t> asked_at;       // for the newest keys that any worker has
    std::atomic<std::int64_t> usable_until;   // these
    std::atomic<std::int64_t> failing_since;  // 0: the last fetch succeeded
    SharedText failure;                       // why the last fetch failed that did
};

enum class IntrospectionResult : std::uint8_t {
    active,
    inactive,
    error,
    kept
};
enum class SpanResult : std::uint8_t {
    exported,
    dropped,
    failed
};

// What rate limits say of a request.
enum class LimitVerdict : std::uint8_t {
    pass,
    refuse,
    unknown_pass,    // nobody could say, and it passed
    unknown_refuse,  // nobody could say, and it was refused
};

struct MetricsBlock {
    static constexpr std::size_t most_key_sources = 1024;

    NameTable<128> methods;
    NameTable<512> tools;
    NameTable<64> codes;  // of JSON-RPC errors
    NameTable<64> resources;
    NameTable<128> reasons;
    NameTable<64> servers;                    // that were asked, as an origin
    NameTable<most_key_sources> key_sources;  // IssuerKeys::source()

    SeriesTable<Histogram<operation_bounds>, 512> operations;  // by OperationKey
    SeriesTable<Counter, 256> decisions;                       // by DecisionKey
    SeriesTable<Counter, 256> fetches;                         // by FetchKey
    Histogram<authorization_bounds> authorization;
    std::array<KeyTimes, most_key_sources> key_times;  // by the number in key_sources
    std::array<Counter, 4> introspections;             // by IntrospectionResult
    std::array<Counter, 3> spans;                      // by SpanResult
    std::array<Counter, 4> limits;                     // by LimitVerdict
    Histogram<authorization_bounds> limit_waits;       // for a server that several machines share
    std::array<WorkerGauges, 1024> workers;            // NGX_MAX_PROCESSES
};

}  // namespace report
