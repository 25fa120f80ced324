// Keys that an authorization server publishes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authority/discovery.h"
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

    std::string_view source() const noexcept override { return location_; }
    void start() noexcept override;
    void stop() noexcept override;
    std::expected<Set, oauth::Error> current() noexcept override;
    std::optional<std::chrono::milliseconds> asked_at() const noexcept override;
    std::chrono::milliseconds time_to_turn() const noexcept override;
    bool wait_for_newer(ngx::Pause& pause, ngx_msec_t limit) noexcept override;
    bool is_failing() const noexcept override { return failing(); }
    void hasten() noexcept override;
    std::vector<CallLog::Shared> calls_since(std::chrono::milliseconds time) const override {
        return calls_.since(time);
    }

private:
    using Milliseconds = std::chrono::milliseconds;  // see SharedDocument::now()

    // What happens, or is waited for, in this worker.
    enum class State : std::uint8_t {
        stopped,
        resting,      // until it is time to renew the keys, or a request asks for newer ones
        backing_off,  // after a failure, until it is time to try again
        due,          // to be looked at: in the next turn of the event loop, or when tokens may make us ask again
        following,    // until the worker that fetches has ended
        fetching_metadata,
        fetching_keys
    };
    static std::string_view name_of(State state) noexcept;
    void enter(State state, std::optional<Milliseconds> until = std::nullopt) noexcept;
    void become_due(Milliseconds delay = Milliseconds(0)) noexcept;
    void rest() noexcept;
    void back_off(unsigned failures, Milliseconds delay, Milliseconds not_before) noexcept;
    void follow();
    void begin_fetch();
    void fetch_metadata();
    void fetch_key_set(const std::string& url);

    static void on_timer(ngx_event_t* event) noexcept;
    static void on_fetched(void* context, ngx::FetchResult result) noexcept;
    template <class Step>
    void attempt(const Step& step) noexcept;
    void set_timer(Milliseconds delay) noexcept;
    void watch(Milliseconds time) noexcept;
    bool ask_for_newer() noexcept;
    bool cut_back_off() noexcept;
    bool take_turn() noexcept;
    bool has_news() const noexcept;
    bool has_announcements() const noexcept;
    bool failing() const noexcept { return failures_ != 0; }
    bool is_usable() const noexcept;
    bool is_stale() const noexcept;
    bool needs_fetch();
    void adopt_shared();
    void look();

    void fetch(ngx::FetchRequest request);
    void take_metadata(const ngx::FetchResult& result);
    void take_key_set(const ngx::FetchResult& result);
    void accept(const ngx::FetchResponse& response, oauth::jwt::JwkSet set);
    void tell_of(const oauth::jwt::JwkSet& set) const;
    void use(oauth::jwt::JwkSet set, Milliseconds fetched_at, const oauth::discovery::Freshness& freshness);
    void fail(std::string_view reason, Milliseconds not_before = Milliseconds(0));
    void lack_keys();
    void try_again_in(Milliseconds delay, Milliseconds not_before);

    std::string location_;
    std::string shown_;  // the same for messages, in quotes
    RemoteKeysOptions options_;
    Milliseconds configured_at_;  // a reload asks again
    SharedDocument shared_;
    std::optional<Discovery> discovery_;

    Set keys_;
    // Of keys_. It is fetched when it is asked for: what the issuer does while it answers may not be in it.
    Milliseconds fetched_at_{0}, refresh_at_{0}, usable_until_{0};
    unsigned failures_ = 0;       // in a row
    Milliseconds not_before_{0};  // backing off: no token makes us ask earlier
    bool is_told_ = false;        // that the issuer publishes no keys

    State state_ = State::stopped;
    ngx_event_t timer_ = {};                // ends the states that have a time
    std::optional<Milliseconds> asked_at_;  // due or following: a request wants keys from this moment or later
    Milliseconds begun_at_{0};              // fetching
    std::uint64_t announcements_ = 0;       // at the last look
    Milliseconds look_at_{0};               // due or following: if there is no news before
    ngx_pid_t fetcher_ = 0;                 // that worker
    ngx::Fetch fetch_;
    CallLog calls_;
    oauth::discovery::RefetchLimiter limiter_;
    ngx::Pauses waiting_;
};

}  // namespace authority
