// The metrics of all workers, as this module feeds them. Without "mcp_metrics" nothing is counted, and there is no
// memory for it.
#pragma once

#include <array>
#include <optional>

#include "ngx/nginx.h"
#include "ngx/shared_block.h"
#include "report/metrics.h"
#include "report/published_text.h"

namespace mcp_resource {

class SharedMetrics {
public:
    // While the configuration is read; more than once is once. Throws ngx::ConfigError, std::bad_alloc.
    void declare(ngx_conf_t* cf);

    // The same, and where its text is served.
    void declare_texts(ngx_conf_t* cf);

    bool is_on() const noexcept { return block_.has_value(); }
    // Where it is on, in a worker.
    report::MetricsBlock& block() const noexcept { return **block_; }
    // By report::ExpositionFormat, where the text is served.
    using Texts = std::array<report::PublishedText, 2>;
    Texts& texts() const noexcept { return **texts_; }
    report::Metrics counters() const noexcept { return report::Metrics(block()); }

    // From init_process and exit_process.
    void begin_worker() noexcept;
    void end_worker() noexcept;
    // Of this worker; null where it is off.
    report::WorkerGauges* gauges() const noexcept { return gauges_; }

private:
    std::optional<ngx::SharedBlock<report::MetricsBlock>> block_;
    std::optional<ngx::SharedBlock<Texts>> texts_;
    report::WorkerGauges* gauges_ = nullptr;
};

// In the header filter, of an answer that is an event stream: it counts as open until the request ends. Throws
// std::bad_alloc.
void count_open_stream(ngx_http_request_t* request, const SharedMetrics& metrics);

}  // namespace mcp_resource
