#include "report/metrics.h"

#include <array>
#include <charconv>
#include <functional>

#include "mcp/error_type.h"
#include "mcp/methods.h"

namespace report {
namespace {

using std::chrono::milliseconds;
using Kind = mcp::Outcome::Kind;

std::uint16_t numbered(std::optional<std::size_t> place) noexcept {
    return place ? static_cast<std::uint16_t>(first_name + *place) : other_name;
}

// `may_take`: else it has the place that it has.
template <class Table>
std::uint16_t number_of(Table& table, std::string_view text, bool may_take) noexcept {
    if (text.empty()) return no_name;
    LabelBuffer buffer;
    const std::string_view label = label_of(text, buffer);
    // A client may call something by the words that are labels of ours: two series may not have the same labels.
    if (label == label_of_others || label == label_of_unknown) return other_name;
    Names names(table);
    return numbered(may_take ? names.take(label) : names.find(label));
}

std::uint16_t number_of_code(MetricsBlock& block, std::optional<std::int64_t> code) noexcept {
    if (!code) return other_name;
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.begin(), text.end(), *code).ptr;
    return number_of(block.codes, std::string_view(text.begin(), end), true);
}

// `http_error`: 0 where there is none.
void set_error(OperationKey& key, MetricsBlock& block, const mcp::Outcome& outcome, int http_error) noexcept {
    if (outcome.kind == Kind::tool_error) {
        key.error = ErrorKind::tool_error;
    } else if (outcome.kind == Kind::error) {
        key.error = ErrorKind::jsonrpc;
        key.number = number_of_code(block, outcome.code);
    } else if (outcome.kind == Kind::unknown && http_error != 0) {
        key.error = ErrorKind::http;
        key.number = http_error < 600 ? static_cast<std::uint16_t>(http_error) : other_status;
    }
}

// A long URL by its hash: its beginning may be that of another one.
std::string_view key_of(std::string_view source, LabelBuffer& buffer) noexcept {
    if (source.size() <= longest_label) return label_of(source, buffer);
    const auto end = std::to_chars(buffer.begin(), buffer.end(), std::hash<std::string_view>()(source)).ptr;
    return {buffer.begin(), end};
}

}  // namespace

void Metrics::reserve_methods() noexcept {
    for (const std::string_view method : mcp::known_methods())
        number_of(block_->methods, method, true);
}

void Metrics::count(const mcp::Observation& observation) noexcept {
    const std::uint16_t resource = number_of(block_->resources, observation.resource, true);
    count_decision(observation, resource);
    // The server has not seen what was refused; and a stream of its own messages, or the end of a session, is no
    // operation.
    if (!mcp::lets_in(observation.judgement) || observation.http_method != "POST") return;
    for (const auto& operation : observation.operations)
        count_operation(observation, operation, resource);
    if (!observation.operations_known)
        count_operation(observation, {.method = {}, .duration = observation.duration}, resource);
}

void Metrics::count_decision(const mcp::Observation& observation, std::uint16_t resource) noexcept {
    const DecisionKey key{.judgement = observation.judgement,
                          .reason = number_of(block_->reasons, observation.reason, true),
                          .resource = resource};
    block_->decisions.at(key.packed()).fetch_add(1, std::memory_order_relaxed);
    if (observation.judgement != mcp::Judgement::preflight) block_->authorization.add(observation.authorization);
}

void Metrics::count_operation(const mcp::Observation& observation, const mcp::ObservedOperation& operation,
                              std::uint16_t resource) noexcept {
    const bool may_take = operation.outcome.kind == Kind::success;
    OperationKey key{.method = number_of(block_->methods, operation.method, may_take), .resource = resource};
    if (operation.method == "tools/call" && operation.name)
        key.tool = number_of(block_->tools, *operation.name, may_take);
    set_error(key, *block_, operation.outcome, mcp::http_error(observation));
    auto& histogram = key == rest_of_operations ? block_->operations.rest : block_->operations.at(key.packed());
    histogram.add(operation.duration);
}

void Metrics::count_fetch(FetchKind kind, std::string_view server, bool succeeded) noexcept {
    const FetchKey key{.kind = kind, .server = number_of(block_->servers, server, true), .succeeded = succeeded};
    block_->fetches.at(key.packed()).fetch_add(1, std::memory_order_relaxed);
}

// Workers that take over what another one fetched say the same time again, or an older one.
void Metrics::set_keys(std::string_view source, milliseconds asked_at, milliseconds usable_until) noexcept {
    LabelBuffer buffer;
    const auto place = Names(block_->key_sources).take(key_of(source, buffer));
    if (!place) return;
    KeyTimes& times = block_->key_times.at(*place);
    auto known = times.asked_at.load(std::memory_order_relaxed);
    while (known < asked_at.count() && !times.asked_at.compare_exchange_weak(known, asked_at.count())) {
    }
    if (known >= asked_at.count()) return;
    times.usable_until.store(usable_until.count(), std::memory_order_relaxed);
    times.failing_since.store(0, std::memory_order_relaxed);
}

void Metrics::set_keys_failing(std::string_view source, milliseconds now, std::string_view why) noexcept {
    LabelBuffer buffer;
    const auto place = Names(block_->key_sources).take(key_of(source, buffer));
    if (!place) return;
    std::int64_t never = 0;
    block_->key_times.at(*place).failing_since.compare_exchange_strong(never, now.count());
    block_->key_times.at(*place).failure.set(why);
}

std::optional<Metrics::KeyState> Metrics::keys(std::string_view source) noexcept {
    LabelBuffer buffer;
    const auto place = Names(block_->key_sources).take(key_of(source, buffer));
    if (!place) return std::nullopt;
    const auto time = [](const std::atomic<std::int64_t>& stored) {
        const auto value = stored.load(std::memory_order_relaxed);
        return value != 0 ? std::optional(milliseconds(value)) : std::nullopt;
    };
    const KeyTimes& times = block_->key_times.at(*place);
    return KeyState{.asked_at = time(times.asked_at),
                    .usable_until = time(times.usable_until),
                    .failing_since = time(times.failing_since)};
}

std::string Metrics::keys_failure(std::string_view source) const {
    LabelBuffer buffer;
    const auto place = Names(block_->key_sources).find(key_of(source, buffer));
    if (!place || block_->key_times.at(*place).failing_since.load(std::memory_order_relaxed) == 0) return {};
    return block_->key_times.at(*place).failure.text();
}

WorkerGauges* Metrics::begin_worker(std::size_t slot, std::int64_t process) noexcept {
    if (slot >= block_->workers.size()) return nullptr;
    WorkerGauges& gauges = block_->workers.at(slot);
    gauges.waiting_requests.store(0, std::memory_order_relaxed);
    gauges.open_streams.store(0, std::memory_order_relaxed);
    gauges.process.store(process, std::memory_order_relaxed);
    return &gauges;
}

}  // namespace report
