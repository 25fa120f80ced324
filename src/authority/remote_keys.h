// Keys that an authorization server publishes.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/issuer_keys.h"
#include "authority/shared_document.h"
#include "ngx/fetch.h"
#include "ngx/pause.h"
#include "oauth/discovery/refetch_limiter.h"

namespace authority {

class RemoteKeys final : public IssuerKeys {
public:
    // `location` is the URL of the key set or, when it must be discovered, the issuer. Throws ConfigError,
    // std::bad_alloc.
    RemoteKeys(std::string location, bool discovered, const RemoteKeysOptions& options);
    RemoteKeys(const RemoteKeys&) = delete;
    RemoteKeys& operator=(const RemoteKeys&) = delete;
    ~RemoteKeys() override { stop(); }

    void start() noexcept override;
    void stop() noexcept override;
    std::expected<Set, oauth::Error> current() noexcept override;
    bool wait_for_newer(ngx::Pause& pause, ngx_msec_t limit) override;
    bool failing() const noexcept override { return failures_ != 0; }

private:
    using Milliseconds = std::chrono::milliseconds;  // see SharedDocument::now()

    static void on_timer(ngx_event_t* event) noexcept;
    void schedule(Milliseconds delay) noexcept;
    void refresh();
    void adopt_shared();
    void follow();
    void settle() noexcept;

    void begin_fetch();
    void fetch_metadata();
    void fetch_key_set(const std::string& url);
    void fetch(ngx::FetchRequest request, ngx::Fetch::Completion completion);
    static void on_metadata(void* self, ngx::FetchResult result) noexcept;
    static void on_key_set(void* self, ngx::FetchResult result) noexcept;
    void take_metadata(const ngx::FetchResult& result);
    void take_key_set(const ngx::FetchResult& result);

    void accept(const ngx::FetchResponse& response, oauth::jwt::JwkSet set);
    void use(oauth::jwt::JwkSet set, Milliseconds fetched_at, const oauth::discovery::Freshness& freshness);
    void fail(std::string_view reason, Milliseconds not_before = Milliseconds(0));

    std::string location_;
    bool discovered_;
    RemoteKeysOptions options_;
    SharedDocument shared_;

    Set keys_;
    Milliseconds fetched_at_{0}, refresh_at_{0}, usable_until_{0};  // of keys_
    ngx_event_t timer_ = {};
    bool started_ = false;
    std::optional<Milliseconds> asked_at_;  // by a request: fetch before it is time
    bool following_ = false;                // another worker is fetching
    unsigned failures_ = 0;                 // in a row
    oauth::discovery::RefetchLimiter limiter_;
    ngx::Pauses waits_;

    ngx::Fetch fetch_;
    std::vector<std::string> metadata_urls_;
    std::size_t metadata_index_ = 0;  // of the one being fetched
    std::string metadata_trouble_;    // with those before
    std::optional<std::string> jwks_uri_;
    Milliseconds jwks_uri_until_{0};
};

}  // namespace authority
