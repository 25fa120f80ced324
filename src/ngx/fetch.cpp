#include "ngx/fetch.h"

#include <curl/curl.h>

#include "ngx/fetch_transfer.h"

namespace ngx {

Fetch::Fetch() noexcept = default;
Fetch::~Fetch() = default;

std::expected<void, FetchError> Fetch::start(const FetchRequest& request, Completion completion, void* context) noexcept
    try {
    transfer_ = std::make_unique<CurlTransfer>(*this, request, completion, context);
    auto started = transfer_->begin(request);
    if (!started) cancel();
    return started;
} catch (...) {
    cancel();
    return std::unexpected(FetchError::out_of_memory);
}

void Fetch::cancel() noexcept {
    transfer_.reset();
}

ngx_int_t fetch_init_process(ngx_cycle_t* cycle, const Proxy* proxy) noexcept {
    Fetch::CurlTransfer::go_through(proxy);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return NGX_ERROR;
    const curl_version_info_data* version = curl_version_info(CURLVERSION_NOW);
    if (std::string_view(version->ssl_version).starts_with("OpenSSL/")) return NGX_OK;
    ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "libcurl must use OpenSSL, not %s", version->ssl_version);
    return NGX_ERROR;
}

void fetch_exit_process() noexcept {
    Fetch::CurlTransfer::stop_all();
    curl_global_cleanup();
}

}  // namespace ngx
