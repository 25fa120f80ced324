#include "report/metrics_text.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "mcp/observation.h"
#include "report/label.h"
#include "report/metric_keys.h"

namespace report {
namespace {

constexpr MetricFamily operation_duration{"mcp_server_operation_duration_seconds", MetricType::histogram, "seconds",
                                          "Time of MCP operations that have ended, from the first byte of the request "
                                          "to the last of the answer."};
constexpr MetricFamily decisions{"mcp_decisions", MetricType::counter, "",
                                 "Requests to protected resources that have ended, by what was decided and why."};
constexpr MetricFamily authorization_duration{"mcp_authorization_duration_seconds", MetricType::histogram, "seconds",
                                              "Time until a request was let in or refused, waiting for keys or "
                                              "introspection included."};
constexpr MetricFamily keys_age{"mcp_keys_age_seconds", MetricType::gauge, "seconds",
                                "Time since the issuer was asked for the keys in use; +Inf: there are none."};
constexpr MetricFamily fetches{"mcp_fetches", MetricType::counter, "", "Requests to authorization servers."};
constexpr MetricFamily introspections{"mcp_introspections", MetricType::counter, "",
                                      "Tokens that were introspected, by result; kept: a cached result was used."};
constexpr MetricFamily cache_entries{"mcp_cache_entries", MetricType::gauge, "",
                                     "Entries of the cache, expired ones included until they make room."};
constexpr MetricFamily cache_hits{"mcp_cache_hits", MetricType::counter, "", "Searches that found an entry."};
constexpr MetricFamily cache_misses{"mcp_cache_misses", MetricType::counter, "", "Searches that found none."};
constexpr MetricFamily cache_evictions{"mcp_cache_evictions", MetricType::counter, "",
                                       "Entries that made room before they expired."};
constexpr MetricFamily limits{
    "mcp_rate_limit_checks", MetricType::counter, "",
    "Requests that fall under rate limits, by what these say; unknown: it could not be found out."};
constexpr MetricFamily limit_waits{"mcp_rate_limit_wait_seconds", MetricType::histogram, "seconds",
                                   "Time that requests waited for the server that counts for several machines."};
constexpr MetricFamily limit_slots{"mcp_rate_limit_slots", MetricType::gauge, "",
                                   "Callers of limits that the zone has room for."};
constexpr MetricFamily limit_entries{"mcp_rate_limit_entries", MetricType::gauge, "",
                                     "Callers of limits that are counted now, estimated."};
constexpr MetricFamily limit_evictions{"mcp_rate_limit_evictions", MetricType::counter, "",
                                       "Callers of limits that made room for others, and begin anew."};
constexpr MetricFamily waiting_requests{"mcp_waiting_requests", MetricType::gauge, "",
                                        "Requests that wait for an authorization server."};
constexpr MetricFamily open_streams{"mcp_open_streams", MetricType::gauge, "",
                                    "Answers that are event streams and have not ended."};
constexpr MetricFamily trace_spans{"mcp_trace_spans", MetricType::counter, "", "Spans, by what became of them."};
constexpr MetricFamily folded{"mcp_metrics_folded", MetricType::counter, "",
                              "Times that something was counted as \"other\" since a table of metrics is full."};
constexpr MetricFamily build{"mcp_build", MetricType::info, "", "Version of the module, and of nginx."};

constexpr std::string_view other = label_of_others;

std::uint64_t read(const Counter& counter) noexcept {
    return counter.load(std::memory_order_relaxed);
}

// A text that has just been given a place may not be there yet.
template <class Table>
std::string name_of(Table& table, std::uint16_t number, std::string_view none = "") {
    if (number == no_name) return std::string(none);
    const std::size_t place = std::size_t{number} - first_name;  // of other_name: beyond all
    const std::string text = place < Table::places ? Names(table).text(place) : std::string();
    return text.empty() ? std::string(other) : text;
}

template <const auto& bounds>
void add_histogram(Exposition& out, Exposition::Labels labels, const Histogram<bounds>& histogram) {
    std::array<std::uint64_t, Histogram<bounds>::bucket_count> counts{};
    for (std::size_t i = 0; i < counts.size(); i++)
        counts.at(i) = read(histogram.buckets.at(i));
    out.add(labels, HistogramReading{
                        .bounds = bounds, .counts = counts, .sum = std::chrono::microseconds(read(histogram.sum))});
}

std::string error_text(MetricsBlock& block, const OperationKey& key) {
    switch (key.error) {
        case ErrorKind::none:
            return {};
        case ErrorKind::tool_error:
            return "tool_error";
        case ErrorKind::jsonrpc:
            return name_of(block.codes, key.number);
        case ErrorKind::http:
            return key.number == other_status ? std::string(other) : std::to_string(key.number);
    }
    return std::string(other);
}

void add_operation(Exposition& out, MetricsBlock& block, const OperationKey& key,
                   const Histogram<operation_bounds>& histogram) {
    const std::string error = error_text(block, key);
    const std::string code = key.error == ErrorKind::jsonrpc ? error : std::string();
    const std::string method = name_of(block.methods, key.method, label_of_unknown);
    const std::string tool = name_of(block.tools, key.tool);
    const std::string resource = name_of(block.resources, key.resource);
    add_histogram(out,
                  {{"mcp_method_name", method},
                   {"gen_ai_tool_name", tool},
                   {"error_type", error},
                   {"rpc_response_status_code", code},
                   {"mcp_resource", resource}},
                  histogram);
}

bool is_empty(const Histogram<operation_bounds>& histogram) noexcept {
    return std::ranges::all_of(histogram.buckets, [](const Counter& counter) { return read(counter) == 0; });
}

void add_operations(Exposition& out, MetricsBlock& block) {
    out.begin(operation_duration);
    block.operations.each([&](std::uint64_t key, const auto& histogram) {
        add_operation(out, block, OperationKey::unpack(key), histogram);
    });
    if (!is_empty(block.operations.rest)) add_operation(out, block, rest_of_operations, block.operations.rest);
}

void add_decisions(Exposition& out, MetricsBlock& block) {
    out.begin(decisions);
    block.decisions.each([&](std::uint64_t packed, const Counter& counter) {
        const auto key = DecisionKey::unpack(packed);
        const std::string reason = name_of(block.reasons, key.reason);
        const std::string resource = name_of(block.resources, key.resource);
        out.add({{"decision", mcp::name_of(key.judgement)}, {"reason", reason}, {"mcp_resource", resource}},
                read(counter));
    });
    if (read(block.decisions.folded) != 0)
        out.add({{"decision", other}, {"reason", other}, {"mcp_resource", other}}, read(block.decisions.rest));
}

std::string_view text_of(FetchKind kind) noexcept {
    switch (kind) {
        case FetchKind::metadata:
            return "metadata";
        case FetchKind::keys:
            return "keys";
        case FetchKind::introspection:
            return "introspection";
    }
    return other;
}

void add_fetches(Exposition& out, MetricsBlock& block) {
    out.begin(fetches);
    block.fetches.each([&](std::uint64_t packed, const Counter& counter) {
        const auto key = FetchKey::unpack(packed);
        const std::string server = name_of(block.servers, key.server);
        out.add({{"kind", text_of(key.kind)}, {"server", server}, {"result", key.succeeded ? "success" : "failure"}},
                read(counter));
    });
    if (read(block.fetches.folded) != 0)
        out.add({{"kind", other}, {"server", other}, {"result", other}}, read(block.fetches.rest));
}

template <std::size_t size>
void add_results(Exposition& out, const MetricFamily& family, const std::array<Counter, size>& counters,
                 const std::array<std::string_view, size>& names) {
    out.begin(family);
    for (std::size_t i = 0; i < size; i++)
        out.add({{"result", names.at(i)}}, read(counters.at(i)));
}

void add_keys(Exposition& out, const Surroundings& surroundings) {
    out.begin(keys_age);
    for (const auto& keys : surroundings.keys) {
        LabelBuffer buffer;
        const double age =
            keys.age ? std::chrono::duration<double>(*keys.age).count() : std::numeric_limits<double>::infinity();
        out.add({{"issuer", label_of(keys.issuer, buffer)}}, age);
    }
}

void add_caches(Exposition& out, const Surroundings& surroundings, const MetricFamily& family,
                std::uint64_t Surroundings::Cache::* figure) {
    out.begin(family);
    for (const auto& cache : surroundings.caches)
        out.add({{"zone", cache.zone}, {"space", cache.space}}, cache.*figure);
}

void add_gauges(Exposition& out, const MetricsBlock& block, bool (*lives)(std::int64_t) noexcept) {
    std::uint64_t waiting = 0;
    std::uint64_t streams = 0;
    for (const WorkerGauges& worker : block.workers) {
        const auto process = worker.process.load(std::memory_order_relaxed);
        if (process == 0 || !lives(process)) continue;
        waiting += read(worker.waiting_requests);
        streams += read(worker.open_streams);
    }
    out.begin(waiting_requests);
    out.add({}, waiting);
    out.begin(open_streams);
    out.add({}, streams);
}

void add_folded(Exposition& out, MetricsBlock& block) {
    out.begin(folded);
    const auto add = [&out](std::string_view table, const Counter& counter) {
        out.add({{"table", table}}, read(counter));
    };
    add("operations", block.operations.folded);
    add("decisions", block.decisions.folded);
    add("fetches", block.fetches.folded);
    add("methods", block.methods.folded);
    add("tools", block.tools.folded);
    add("codes", block.codes.folded);
    add("resources", block.resources.folded);
    add("reasons", block.reasons.folded);
    add("servers", block.servers.folded);
    add("key_sources", block.key_sources.folded);
}

void add_limit_states(Exposition& out, const Surroundings& surroundings, const MetricFamily& family,
                      std::uint64_t Surroundings::LimitStates::* number) {
    if (surroundings.limits.empty()) return;
    out.begin(family);
    for (const auto& states : surroundings.limits)
        out.add({{"zone", states.zone}, {"space", states.space}}, states.*number);
}

void add_limits(Exposition& out, const MetricsBlock& block, const Surroundings& surroundings) {
    add_results<4>(out, limits, block.limits, {"pass", "refuse", "unknown_pass", "unknown_refuse"});
    add_limit_states(out, surroundings, limit_slots, &Surroundings::LimitStates::slots);
    add_limit_states(out, surroundings, limit_entries, &Surroundings::LimitStates::entries);
    add_limit_states(out, surroundings, limit_evictions, &Surroundings::LimitStates::evictions);
    if (!surroundings.limits_are_shared) return;
    out.begin(limit_waits);
    add_histogram(out, {}, block.limit_waits);
}

}  // namespace

std::string metrics_text(MetricsBlock& block, const Surroundings& surroundings, ExpositionFormat format,
                         bool (*lives)(std::int64_t process) noexcept, std::size_t size_before) {
    Exposition out(format);
    out.reserve(size_before + size_before / 16);  // its numbers have grown
    add_operations(out, block);
    add_decisions(out, block);
    out.begin(authorization_duration);
    add_histogram(out, {}, block.authorization);
    add_keys(out, surroundings);
    add_fetches(out, block);
    add_results<4>(out, introspections, block.introspections, {"active", "inactive", "error", "kept"});
    add_caches(out, surroundings, cache_entries, &Surroundings::Cache::entries);
    add_caches(out, surroundings, cache_hits, &Surroundings::Cache::hits);
    add_caches(out, surroundings, cache_misses, &Surroundings::Cache::misses);
    add_caches(out, surroundings, cache_evictions, &Surroundings::Cache::evictions);
    add_limits(out, block, surroundings);
    add_gauges(out, block, lives);
    add_results<3>(out, trace_spans, block.spans, {"exported", "dropped", "failed"});
    add_folded(out, block);
    out.begin(build);
    out.add({{"version", surroundings.version}, {"nginx_version", surroundings.version_of_nginx}}, std::uint64_t{1});
    return std::move(out).end();
}

}  // namespace report
