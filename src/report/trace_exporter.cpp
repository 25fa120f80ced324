#include "report/trace_exporter.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "ngx/config.h"
#include "ngx/guard.h"
#include "ngx/log.h"
#include "oauth/server_answer.h"
#include "report/export_rules.h"
#include "report/otlp.h"

namespace report {
namespace {

using std::chrono::milliseconds;

constexpr ngx_msec_t interval = 1000;          // how long a span waits for others
constexpr ngx_msec_t interval_quitting = 100;  // looks at what is under way
constexpr ngx_msec_t deadline_of_request = 10000;
constexpr milliseconds time_to_quit{2000};
constexpr std::size_t batch_spans = 512;
constexpr std::size_t batch_bytes = std::size_t{1024} * 1024;
constexpr std::size_t most_answer_bytes = std::size_t{64} * 1024;

milliseconds now() noexcept {
    return milliseconds(ngx_current_msec);
}

milliseconds asked_delay(const ngx::FetchResponse& response) noexcept {
    if (response.retry_after.empty()) return milliseconds(0);
    const oauth::ServerAnswer answer{.status = static_cast<int>(response.status), .retry_after = response.retry_after};
    return std::min<milliseconds>(oauth::retry_delay(answer, ngx_time()), longest_asked_delay);
}

// The copies of what may be secret.
void wipe(std::vector<std::string>& headers) noexcept {
    for (std::string& header : headers)
        OPENSSL_cleanse(header.data(), header.size());
}

}  // namespace

TraceExporter::TraceExporter(Settings settings)
    : settings_(std::move(settings)), shown_(ngx::url_in_quotes(settings_.url)) {}

void TraceExporter::start(const std::optional<Metrics>& metrics) noexcept {
    metrics_ = metrics;
    timer_.data = this;
    timer_.handler = on_timer;
    timer_.log = ngx_cycle->log;
    timer_.cancelable = 0;  // it keeps a worker that is quitting for a moment: see look_while_quitting()
    is_running_ = true;
}

void TraceExporter::stop() noexcept {
    if (!is_running_) return;
    is_running_ = false;
    lose_all();
    if (timer_.timer_set) ngx_del_timer(&timer_);
    if (untold_ == 0) return;
    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0, "a worker ends with %uL spans that %*s has not taken", untold_,
                  shown_.size(), shown_.data());
}

void TraceExporter::add(const mcp::Span& span) noexcept {
    if (!is_running_) return;
    const bool is_added = ngx::guarded(ngx_cycle->log, false, [&] { return queue_.add(otlp_span(span)); });
    if (!is_added) {
        count(SpanResult::dropped, 1);
        return tell("there are more than it takes");
    }
    if (ngx_exiting) return set_timer(0);
    if (!timer_.timer_set) return set_timer(interval);
    if (queue_.size() == batch_spans && !fetch_.active() && now() >= not_before_) set_timer(0);
}

void TraceExporter::set_timer(ngx_msec_t delay) noexcept {
    ngx_add_timer(&timer_, delay);
}

void TraceExporter::on_timer(ngx_event_t* event) noexcept {
    auto& self = *static_cast<TraceExporter*>(event->data);
    if (ngx_exiting) return self.look_while_quitting();
    self.look();
}

void TraceExporter::look() noexcept {
    if (!fetch_.active() && now() >= not_before_) send(deadline_of_request);
    if (has_work()) set_timer(interval);
}

// What is left is sent to a collector that answers, within a moment. The worker waits for no other; while requests
// still run, it tries again.
void TraceExporter::look_while_quitting() noexcept {
    if (!quit_by_) quit_by_ = now() + time_to_quit;
    const bool is_hopeless = failures_ != 0 && !fetch_.active() && now() < not_before_;
    if (!has_work() || is_hopeless || now() >= *quit_by_) {
        quit_by_.reset();  // a request that still runs has its own moment
        if (!has_work()) return;
        lose_all();
        return tell("a worker that ends does not wait for it");
    }
    if (!fetch_.active()) send(static_cast<ngx_msec_t>((*quit_by_ - now()).count()));
    set_timer(interval_quitting);
}

void TraceExporter::send(ngx_msec_t deadline) noexcept {
    const auto started = ngx::guarded<std::expected<void, ngx::FetchError>>(
        ngx_cycle->log, std::unexpected(ngx::FetchError::out_of_memory), [&] { return start_request(deadline); });
    if (started) return;
    ngx::guarded(ngx_cycle->log, false, [&] { return try_later(milliseconds(0), text(started.error())), true; });
}

std::expected<void, ngx::FetchError> TraceExporter::start_request(ngx_msec_t deadline) {
    if (batch_.empty()) {
        tries_ = 0;
        batch_ = queue_.take(batch_spans, batch_bytes);
    }
    if (batch_.empty()) return {};
    tries_++;
    const std::string body = otlp_request(batch_, settings_.service);
    ngx::FetchRequest request{.url = settings_.url,
                              .headers = {"Content-Type: application/json", "Expect:"},
                              .body = body,
                              .trusted = settings_.trusted,
                              .max_body_bytes = most_answer_bytes,
                              .deadline = deadline,
                              .background = true};
    for (const base::Secret& header : settings_.headers)
        request.headers.emplace_back(header.reveal());
    const auto started = fetch_.start(request, on_answer, this);
    wipe(request.headers);
    return started;
}

void TraceExporter::on_answer(void* context, ngx::FetchResult result) noexcept {
    auto& self = *static_cast<TraceExporter*>(context);
    ngx::guarded(ngx_cycle->log, false, [&] { return self.take(result), true; });
}

void TraceExporter::take(const ngx::FetchResult& result) {
    if (!result) return try_later(milliseconds(0), text(result.error()));
    switch (delivery(result->status)) {
        case Delivery::done:
            return take_done(*result);
        case Delivery::again:
            return try_later(asked_delay(*result), "the answer has status " + std::to_string(result->status));
        case Delivery::lost:
            lose_batch();
            return tell("the answer has status " + std::to_string(result->status) +
                        (result->status == NGX_HTTP_NOT_FOUND ? "; the path of the URL is usually /v1/traces" : ""));
    }
}

void TraceExporter::take_done(const ngx::FetchResponse& response) {
    const std::uint64_t sent = batch_.size();
    const std::uint64_t rejected = std::min(rejected_spans(response.body), sent);
    count(SpanResult::exported, sent - rejected);
    count(SpanResult::failed, rejected);
    failures_ = 0;
    batch_.clear();
    if (rejected != 0) tell("the collector rejects some");
    if (queue_.size() >= batch_spans) set_timer(0);
}

void TraceExporter::try_later(milliseconds asked_delay, std::string_view reason) {
    failures_++;
    not_before_ = now() + std::max(asked_delay, retry_delay(failures_, static_cast<std::uint32_t>(ngx_random())));
    if (tries_ >= most_tries) lose_batch();
    tell(reason);
}

void TraceExporter::lose_batch() noexcept {
    count(SpanResult::failed, batch_.size());
    batch_.clear();
}

void TraceExporter::count(SpanResult result, std::uint64_t spans) noexcept {
    if (metrics_) metrics_->count_span(result, spans);
    if (result != SpanResult::exported) untold_ += spans;
}

void TraceExporter::lose_all() noexcept {
    fetch_.cancel();
    lose_batch();
    count(SpanResult::failed, queue_.size());
    queue_.clear();
}

void TraceExporter::tell(std::string_view trouble) noexcept {
    if (!messages_.is_due()) return;
    const std::uint64_t lost = std::exchange(untold_, 0);
    if (lost == 0) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "cannot send spans to %*s: %*s; they are sent again",
                      shown_.size(), shown_.data(), trouble.size(), trouble.data());
        return;
    }
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "cannot send spans to %*s: %*s; %uL %s lost since the last such message", shown_.size(),
                  shown_.data(), trouble.size(), trouble.data(), lost, lost == 1 ? "was" : "were");
}

}  // namespace report
