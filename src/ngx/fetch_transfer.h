// How a Fetch works inside: one libcurl transfer with its deadline.
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "ngx/curl_loop.h"
#include "ngx/fetch.h"
#include "ngx/nginx.h"

namespace ngx {

class Fetch::CurlTransfer final : public Transfer {
public:
    CurlTransfer(Fetch& owner, const FetchRequest& request, Completion completion, void* context)
        : owner_(owner),
          completion_(completion),
          context_(context),
          url_(request.url),
          body_(request.body ? std::optional<base::Secret>(*request.body) : std::nullopt),
          max_body_bytes_(request.max_body_bytes),
          follow_redirects_(request.follow_redirects && !request.body),
          deny_private_(request.deny_private_addresses) {}
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;
    ~CurlTransfer() override { stop(); }

    std::expected<void, FetchError> begin(const FetchRequest& request);
    void stop() noexcept;  // detached from libcurl and from nginx; nothing will be called

    static void stop_all() noexcept;  // and closes every connection
    static void go_through(const Proxy* proxy) noexcept { proxy_ = proxy; }

private:
    bool set_up(const FetchRequest& request);
    bool set_up_body_and_headers(const FetchRequest& request);
    bool add_header(const char* header) noexcept;
    bool set_up_proxy();
    std::string_view looks_up() const noexcept { return through_ != nullptr ? through_->url : url_; }
    void start_timers(const FetchRequest& request) noexcept;
    void launch() noexcept;
    void completed(CURLcode result) noexcept override;
    bool is_redirect() const noexcept;
    std::string_view follow_redirect();
    FetchResponse take_response();
    FetchFailure failure(CURLcode result) const noexcept;
    void finish(CURLcode result) noexcept;
    void finish(FetchResult result) noexcept;
    bool claim_lookup() noexcept;
    void leave_lookup(bool name_found) noexcept;

    static void on_deadline(ngx_event_t* event) noexcept;
    static void on_nudge(ngx_event_t* event) noexcept;
    static void on_lookup_over(ngx_event_t* event) noexcept;
    static int on_lookup(void*, void*, void* self) noexcept;
    static curl_socket_t on_open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept;
    static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) noexcept;

    static constexpr std::size_t max_lookups = 16;  // each is a thread of libcurl's

    static inline const Proxy* proxy_ = nullptr;
    static inline std::vector<CurlTransfer*> live_;                   // all of this worker
    static inline std::array<CurlTransfer*, max_lookups> lookups_{};  // whose names are being looked up now
    static inline ngx_event_t lookup_over_{};
    static inline bool name_found_ = false;

    Fetch& owner_;
    Completion completion_;
    void* context_;
    std::string url_;
    std::optional<base::Secret> body_;
    std::size_t max_body_bytes_;
    unsigned redirects_ = 0;
    bool follow_redirects_;
    bool deny_private_;
    const Proxy* through_ = nullptr;

    CurlLoop* loop_ = nullptr;
    curl_slist* headers_ = nullptr;
    ngx_event_t deadline_ = {};
    ngx_event_t nudge_ = {};
    std::string response_body_;
    bool too_large_ = false;
    bool address_refused_ = false;
    bool waits_for_lookup_ = false;
    char detail_[CURL_ERROR_SIZE] = {};
};

}  // namespace ngx
