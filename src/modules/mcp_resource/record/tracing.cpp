#include "modules/mcp_resource/record/tracing.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "authority/call.h"
#include "base/http_url.h"
#include "boundary/credential_headers.h"
#include "mcp/span.h"
#include "mcp/trace_context.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/record/observer.h"
#include "modules/mcp_resource/request_state.h"
#include "ngx/guard.h"
#include "ngx/pool.h"
#include "ngx/request_headers.h"

namespace mcp_resource {
namespace {

constexpr std::string_view parent_header = "traceparent";
constexpr std::string_view state_header = "tracestate";

// In the pool of the main request: what is done by its means is a part of it. The newest of a request counts; older
// ones stay, for headers are views of them.
class RequestTrace {
public:
    RequestTrace(const ngx_http_request_t* request, mcp::Span span)
        : request_(request), span_(std::move(span)), traceparent_(mcp::traceparent(span_.context)) {}

    const ngx_http_request_t* request() const noexcept { return request_; }
    const mcp::Span& span() const noexcept { return span_; }
    std::string_view trace_id() const noexcept { return mcp::trace_id_in(traceparent_); }
    std::string_view span_id() const noexcept { return mcp::span_id_in(traceparent_); }
    std::string_view for_backend() const noexcept { return traceparent_; }

private:
    const ngx_http_request_t* request_;
    mcp::Span span_;  // not described yet
    std::string traceparent_;
};

// Ids must be unlike all others, and are no secret. OpenSSL is asked for those of some dozen spans at once: each time
// costs as much as the rest of a span.
class RandomBytes {
public:
    void copy_to(std::span<std::uint8_t> out) {
        if (left_ < out.size()) {
            left_ = 0;
            if (RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) != 1) throw std::bad_alloc();
            left_ = bytes_.size();
        }
        left_ -= out.size();
        std::ranges::copy(std::span(bytes_).subspan(left_, out.size()), out.begin());
    }

private:
    std::array<std::uint8_t, 1024> bytes_{};
    std::size_t left_ = 0;
};

void fill_with_random(std::span<std::uint8_t> bytes) {
    static RandomBytes random;  // of this worker: the master has no requests, so it leaves nothing that two would share
    random.copy_to(bytes);
}

// Which program has sent the request over HTTP; nobody vouches for it.
std::optional<mcp::TraceContext> header_context(const ngx_http_request_t* request) {
    std::optional<mcp::TraceContext> context;
    int count = 0;
    ngx::each_request_header(request, [&](const ngx_table_elt_t& header) {
        if (!ngx::same_cgi_name(ngx::name_of(header), parent_header)) return;
        if (count++ == 0) context = mcp::parse_traceparent(ngx::view(header.value));
    });
    return count == 1 ? context : std::nullopt;
}

struct ToldContext {
    std::string_view traceparent, tracestate;  // as they came; empty: none
};

// What the client says about itself inside of the first message; believed where a token says who it is. An observed
// body is known when it has been read.
ToldContext believed_context(const ngx_http_request_t* request, const RequestState& state) {
    if (state.token() == nullptr) return {};
    if (state.message() != nullptr) {
        const mcp::Operation& first = state.message()->operations().front();
        return {first.traceparent.value_or(""), first.tracestate.value_or("")};
    }
    const mcp::AskedOperations* asked = asked_by(request);
    if (asked == nullptr || asked->operations.empty()) return {};
    return {asked->operations.front().traceparent, {}};
}

bool add_parent(mcp::Span& span, const ngx_http_request_t* request, const RequestState& state) {
    const ToldContext told = believed_context(request, state);
    const auto parent = mcp::parse_traceparent(told.traceparent);
    if (!parent) return false;
    span.context.trace_id = parent->trace_id;
    span.context.is_sampled = parent->is_sampled;
    span.parent = parent->span_id;
    if (mcp::is_trace_state(told.tracestate)) span.trace_state = told.tracestate;
    return true;
}

RequestTrace& begin_trace(ngx_http_request_t* request, const RequestState& state, const mcp::TraceRatio& sample) {
    mcp::Span span;
    fill_with_random(span.context.span_id);
    if (!add_parent(span, request, state)) {
        fill_with_random(span.context.trace_id);
        span.context.is_sampled = sample.includes(span.context.trace_id);
    }
    span.link = header_context(request);
    return ngx::make<RequestTrace>(request->pool, request, std::move(span));
}

// Null where nothing is traced, and for a request that no protected location has decided about.
RequestTrace* trace_at(ngx_http_request_t* request) {
    const MainConf& main = main_conf(request);
    if (main.exporter == nullptr) return nullptr;
    ngx_http_request_t* whole = request->main;
    if (RequestTrace* known = ngx::find_of<RequestTrace>(whole)) return known;
    const RequestState* state = latest_state(whole);
    if (state == nullptr || !state->decided()) return nullptr;
    return &begin_trace(whole, *state, main.traces->sample);
}

void tell_backend(ngx_http_request_t* request, const RequestTrace& trace) {
    const std::array<ngx::RequestHeader, 2> ours = {
        {{parent_header, trace.for_backend()}, {state_header, trace.span().trace_state}}};
    const auto removes = [](const ngx_table_elt_t& header) {
        const std::string_view name = ngx::name_of(header);
        return ngx::same_cgi_name(name, parent_header) || ngx::same_cgi_name(name, state_header);
    };
    const std::size_t count = trace.span().trace_state.empty() ? 1 : 2;
    boundary::edit_headers(request, removes, std::span(ours).first(count));
}

mcp::Span child_of(const mcp::TraceContext& parent, mcp::SpanKind kind, std::string name) {
    mcp::Span span{.context = parent, .parent = parent.span_id, .kind = kind, .name = std::move(name)};
    fill_with_random(span.context.span_id);
    return span;
}

// By the conventions for HTTP client spans.
mcp::Span span_of(const mcp::TraceContext& parent, const authority::Call& call) {
    const std::string method(call.method);
    mcp::Span span = child_of(parent, mcp::SpanKind::client, method + ' ' + std::string(text(call.what)));
    span.begin = call.begin;
    span.end = call.end;
    span.attributes = {{"http.request.method", method}, {"url.full", base::printable_url(call.url)}};
    if (const auto url = base::HttpUrl::parse(call.url)) {
        span.attributes.push_back({"server.address", std::string(url->host)});
        span.attributes.push_back({"server.port", std::int64_t{url->port}});
    }
    if (call.status != 0) span.attributes.push_back({"http.response.status_code", std::int64_t{call.status}});
    span.is_error = !call.error.empty() || call.status >= NGX_HTTP_BAD_REQUEST;
    if (span.is_error)
        span.attributes.push_back(
            {"error.type", call.error.empty() ? std::to_string(call.status) : std::string(call.error)});
    return span;
}

// A call stands in the trace of one request; others that waited for it say that they did.
void add_children(report::TraceExporter& exporter, const mcp::TraceContext& parent, const Wait& wait) {
    bool tells_call = false;
    for (const auto& call : wait.calls) {
        if (std::exchange(call->is_told, true)) continue;
        exporter.add(span_of(parent, *call));
        tells_call = true;
    }
    if (tells_call) return;
    mcp::Span span = child_of(parent, mcp::SpanKind::internal, "wait for " + std::string(text(wait.what)));
    span.begin = wait.begin;
    span.end = wait.end;
    exporter.add(span);
}

}  // namespace

void make_trace_exporter(ngx_conf_t* cf) {
    MainConf& main = main_conf(cf);
    if (!main.traces || main.traces->url.empty()) return;
    main.exporter = std::make_unique<report::TraceExporter>(
        report::TraceExporter::Settings{.url = main.traces->url,
                                        .headers = std::move(main.traces->headers),
                                        .service = main.traces->service,
                                        .trusted = &trust_store(main)});
    main.worker.reports = main.worker.traces = true;
    main.authority_events.remember_calls();
}

void start_tracing(const MainConf& main) noexcept {
    if (main.exporter == nullptr) return;
    main.exporter->start(main.metrics.is_on() ? std::optional(main.metrics.counters()) : std::nullopt);
}

void continue_trace(ngx_http_request_t* request) noexcept {
    // What cannot be traced is served all the same.
    ngx::guarded(request->connection->log, false, [&] {
        if (const RequestTrace* trace = trace_at(request)) tell_backend(request, *trace);
        return true;
    });
}

void continue_observed_trace(ngx_http_request_t* request) noexcept {
    ngx::guarded(request->connection->log, false, [&] {
        const RequestTrace* trace = ngx::find_of<RequestTrace>(request);
        const bool is_under_way = request->request_body_no_buffering != 0;
        const RequestState* state = latest_state(request);
        if (trace == nullptr || trace->span().parent || is_under_way || state == nullptr) return false;
        mcp::Span span = trace->span();
        if (!add_parent(span, request, *state)) return false;
        tell_backend(request, ngx::make<RequestTrace>(request->pool, request, std::move(span)));
        return true;
    });
}

std::string_view trace_id_of(const ngx_http_request_t* request) noexcept {
    const RequestTrace* trace = ngx::find_of<RequestTrace>(request->main);
    return trace != nullptr ? trace->trace_id() : std::string_view();
}

bool add_trace(mcp::Observation& observation, ngx_http_request_t* request) {
    const RequestTrace* trace = trace_at(request);
    if (trace == nullptr) return false;
    observation.trace_id = trace->trace_id();
    observation.span_id = trace->span_id();
    return trace->span().context.is_sampled;
}

void report_trace(ngx_http_request_t* request, const mcp::Observation& observation) {
    const RequestTrace* trace = request == request->main ? trace_at(request) : nullptr;
    if (trace == nullptr || !trace->span().context.is_sampled) return;
    report::TraceExporter& exporter = *main_conf(request).exporter;
    mcp::Span span = trace->span();
    describe(span, observation);
    exporter.add(span);
    if (const RequestState* state = latest_state(request))
        for (const Wait& wait : state->waits())
            add_children(exporter, span.context, wait);
}

}  // namespace mcp_resource
