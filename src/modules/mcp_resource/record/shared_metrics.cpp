#include "modules/mcp_resource/record/shared_metrics.h"

#include "modules/mcp_resource/config.h"
#include "ngx/pool.h"

namespace mcp_resource {
namespace {

// No names that mcp_zone could have: they have spaces.
constexpr std::string_view zone_name = "mcp_resource metrics", zone_of_texts = "mcp_resource text of metrics";

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

void SharedMetrics::declare_texts(ngx_conf_t* cf) {
    declare(cf);
    if (!texts_) texts_ = ngx::SharedBlock<Texts>::declare(cf, zone_of_texts, ngx_http_mcp_resource_module);
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

void count_open_stream(ngx_http_request_t* request, const SharedMetrics& metrics) {
    if (metrics.gauges() == nullptr || ngx::find_of<OpenStream>(request) != nullptr) return;
    ngx::make<OpenStream>(request->pool, request, *metrics.gauges());
}

}  // namespace mcp_resource
