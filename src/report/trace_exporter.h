// Sends spans to a collector (OTLP/HTTP), from each worker for itself: in batches, from the event loop, one request at
// a time. Nothing waits for it. What finds no room, or what the collector does not take, is lost, and counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "mcp/span.h"
#include "ngx/fetch.h"
#include "ngx/nginx.h"
#include "ngx/once_per_minute.h"
#include "ngx/trust_store.h"
#include "report/metrics.h"
#include "report/span_queue.h"

namespace report {

class TraceExporter {
public:
    struct Settings {
        std::string url;
        std::vector<base::Secret> headers;  // "Name: value"
        std::string service;                // service.name
        const ngx::TrustStore* trusted;     // required
    };

    explicit TraceExporter(Settings settings);
    TraceExporter(const TraceExporter&) = delete;
    TraceExporter& operator=(const TraceExporter&) = delete;
    ~TraceExporter() { stop(); }

    // From init_process and exit_process, inside of fetch_init_process() and fetch_exit_process(). `metrics`: where
    // what becomes of spans is counted; none: nowhere.
    void start(const std::optional<Metrics>& metrics) noexcept;
    void stop() noexcept;

    void add(const mcp::Span& span) noexcept;

private:
    using Time = std::chrono::milliseconds;  // of nginx' clock that never goes back

    static void on_timer(ngx_event_t* event) noexcept;
    static void on_answer(void* context, ngx::FetchResult result) noexcept;
    bool has_work() const noexcept { return fetch_.active() || !batch_.empty() || !queue_.empty(); }
    void set_timer(ngx_msec_t delay) noexcept;
    void look() noexcept;
    void look_while_quitting() noexcept;
    void send(ngx_msec_t deadline) noexcept;
    std::expected<void, ngx::FetchError> start_request(ngx_msec_t deadline);
    void take(const ngx::FetchResult& result);
    void take_done(const ngx::FetchResponse& response);
    void try_later(Time asked_delay, std::string_view reason);
    void lose_batch() noexcept;
    void count(SpanResult result, std::uint64_t spans) noexcept;
    void lose_all() noexcept;
    void tell(std::string_view trouble) noexcept;

    Settings settings_;
    std::optional<Metrics> metrics_;
    std::string shown_;  // the URL for messages, in quotes
    SpanQueue queue_;
    std::vector<std::string> batch_;  // under way, or to be sent again
    unsigned tries_ = 0;              // of that batch
    unsigned failures_ = 0;           // in a row
    Time not_before_{0};
    std::optional<Time> quit_by_;  // the worker is quitting
    ngx::OncePerMinute messages_;
    std::uint64_t untold_ = 0;  // spans that were lost since the last one
    ngx_event_t timer_{};
    bool is_running_ = false;
    ngx::Fetch fetch_;
};

}  // namespace report
