#include "ngx/fetch.h"

#include <curl/curl.h>

#include <utility>

#include "ngx/fetch_exchange.h"

namespace ngx {

std::string_view text(FetchError error) noexcept {
    static constexpr std::string_view texts[] = {
        "out of memory or connections",
        "the URL is not allowed",
        "the name could not be resolved",
        "could not connect",
        "the address is not public",
        "TLS failed",
        "timed out",
        "the redirect is not followed",
        "the response is too large",
        "the response is compressed",
        "the response is not HTTP or was cut short",
    };
    return texts[static_cast<std::size_t>(error)];
}

Fetch::Fetch() noexcept = default;
Fetch::~Fetch() = default;

Fetch::Fetch(Fetch&& other) noexcept : exchange_(std::move(other.exchange_)) {
    if (exchange_ != nullptr) exchange_->owned_by(*this);
}

Fetch& Fetch::operator=(Fetch&& other) noexcept {
    exchange_ = std::move(other.exchange_);
    if (exchange_ != nullptr) exchange_->owned_by(*this);
    return *this;
}

std::expected<void, FetchError> Fetch::start(const FetchRequest& request, Completion completion, void* context) noexcept
    try {
    exchange_ = std::make_unique<Exchange>(*this, request, completion, context);
    auto started = exchange_->begin(request);
    if (!started) cancel();
    return started;
} catch (...) {
    cancel();
    return std::unexpected(FetchError::out_of_memory);
}

void Fetch::cancel() noexcept {
    exchange_.reset();
}

ngx_int_t fetch_init_process(ngx_cycle_t* cycle) noexcept {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return NGX_ERROR;
    const curl_version_info_data* version = curl_version_info(CURLVERSION_NOW);
    if (std::string_view(version->ssl_version).starts_with("OpenSSL/")) return NGX_OK;
    ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "libcurl must use OpenSSL, not %s", version->ssl_version);
    return NGX_ERROR;
}

void fetch_exit_process() noexcept {
    Fetch::Exchange::stop_all();
    curl_global_cleanup();
}

}  // namespace ngx
