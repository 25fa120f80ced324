#include "modules/mcp_resource/record/shared_metrics.h"

#include "authority/shared_document.h"
#include "base/http_url.h"
#include "modules/mcp_resource/config.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

constexpr std::string_view zone_name = "mcp_resource metrics";  // no name that mcp_zone could have: it has a space

report::FetchKind kind_of(authority::Requested what) noexcept {
    switch (what) {
        case authority::Requested::metadata:
            return report::FetchKind::metadata;
        case authority::Requested::keys:
            return report::FetchKind::keys;
        case authority::Requested::introspection:
            break;
    }
    return report::FetchKind::introspection;
}

// A path may hold a tenant's name, and a query a secret.
std::string_view server_of(std::string_view source) noexcept {
    const auto url = base::HttpUrl::parse(source);
    return url ? url->origin : "unknown";
}

class OpenStream {
public:
    OpenStream(const ngx_http_request_t* request, report::WorkerGauges& gauges) noexcept
        : request_(request), gauges_(gauges) {
        gauges_.open_streams.fetch_add(1, std::memory_order_relaxed);
    }
    OpenStream(const OpenStream&) = delete;
    OpenStream& operator=(const OpenStream&) = delete;
    ~OpenStream() { gauges_.open_streams.fetch_sub(1, std::memory_order_relaxed); }

    const ngx_http_request_t* request() const noexcept { return request_; }

private:
    const ngx_http_request_t* request_;
    report::WorkerGauges& gauges_;
};

}  // namespace

void SharedMetrics::declare(ngx_conf_t* cf) {
    if (!block_) block_ = ngx::SharedBlock<report::MetricsBlock>::declare(cf, zone_name, ngx_http_mcp_resource_module);
}

// Cache processes run init_process, too.
void SharedMetrics::begin_worker() noexcept {
    if (!is_on() || (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)) return;
    report::Metrics metrics = counters();
    metrics.reserve_methods();
    gauges_ = metrics.begin_worker(static_cast<std::size_t>(ngx_process_slot), ngx_pid);
}

void SharedMetrics::end_worker() noexcept {
    if (gauges_ != nullptr) report::Metrics::end_worker(*gauges_);
}

void SharedMetrics::on_fetched(authority::Requested what, std::string_view source, bool succeeded) noexcept {
    if (is_on()) counters().count_fetch(kind_of(what), server_of(source), succeeded);
}

void SharedMetrics::on_keys(std::string_view source, std::chrono::milliseconds asked_at,
                            std::chrono::milliseconds usable_until) noexcept {
    if (is_on()) counters().set_keys(source, asked_at, usable_until);
}

void SharedMetrics::on_keys_failed(std::string_view source, std::string_view why) noexcept {
    if (is_on()) counters().set_keys_failing(source, authority::SharedDocument::now(), why);
}

void count_open_stream(ngx_http_request_t* request, const SharedMetrics& metrics) {
    if (metrics.gauges() == nullptr || ngx::find_of<OpenStream>(request) != nullptr) return;
    ngx::make<OpenStream>(request->pool, request, *metrics.gauges());
}

}  // namespace mcp_resource
