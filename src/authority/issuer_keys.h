// The verification keys of one issuer, as one worker has them.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/call.h"
#include "authority/listener.h"
#include "authority/turn_rule.h"
#include "ngx/nginx.h"
#include "ngx/pause.h"
#include "ngx/shm_cache.h"
#include "ngx/trust_store.h"
#include "oauth/discovery/document_request.h"
#include "oauth/discovery/freshness.h"
#include "oauth/error.h"
#include "oauth/jwt/jwk_set.h"

namespace authority {

struct RemoteKeysOptions {
    const ngx::TrustStore* trusted = nullptr;  // required
    ngx::ShmCache* shared = nullptr;  // where workers share what one of them fetched; null: each fetches for itself
    oauth::discovery::FreshnessBounds freshness;
    std::chrono::milliseconds refetch_interval = TurnRule::interval;  // between fetches that requests ask for
    ngx_msec_t fetch_deadline = oauth::discovery::document_time_limit.count();
    Listener* listener = nullptr;  // lives as long; null: nobody
};

class IssuerKeys {
public:
    using Set = std::shared_ptr<const oauth::jwt::JwkSet>;

    // While nginx reads its configuration. All throw ConfigError, which says what is wrong with the argument, or
    // std::bad_alloc.
    //
    // A JWK set in a file. It must be there and usable when nginx starts, and is read again when it changes: looked at
    // when keys are asked for, at most once a second. A bad new file is logged, and the old keys stay.
    static std::unique_ptr<IssuerKeys> from_file(std::string name, ngx_log_t* log);
    // A JWK set behind an http(s) URL. Nothing is fetched until the workers run, so nginx starts without it.
    static std::unique_ptr<IssuerKeys> from_url(std::string url, const RemoteKeysOptions& options);
    // The jwks_uri of the issuer's metadata.
    static std::unique_ptr<IssuerKeys> from_discovery(std::string issuer, const RemoteKeysOptions& options);

    virtual ~IssuerKeys() = default;

    // The issuer or URL that is asked; empty: a file.
    virtual std::string_view source() const noexcept { return {}; }

    // From init_process and exit_process, inside of fetch_init_process() and fetch_exit_process().
    virtual void start() noexcept {}
    virtual void stop() noexcept {}

    // The keys to verify with now, never null. The error is keys_unavailable: none could be had yet, or the last ones
    // are too old.
    virtual std::expected<Set, oauth::Error> current() noexcept = 0;

    // When the issuer was asked for what current() has (of SharedDocument::now()); none: it has none. What an operator
    // has put there is never too old: nobody is asked for newer ones.
    virtual std::optional<TurnRule::Time> asked_at() const noexcept { return TurnRule::Time::max(); }
    // Until a token may make us ask for newer ones: whatever clients send, once in each refetch interval.
    virtual std::chrono::milliseconds time_to_turn() const noexcept { return std::chrono::milliseconds(0); }

    // For a token that current() does not verify, or when there are none. True: `pause` is on, for `limit` milliseconds
    // at most; then look at current() again. False: the issuer could last not be asked, or nobody asks it.
    virtual bool wait_for_newer(ngx::Pause& /*pause*/, ngx_msec_t /*limit*/) noexcept { return false; }
    // Whether the issuer was asked in vain the last time.
    virtual bool is_failing() const noexcept { return false; }
    // For somebody who wants to know whether there are any, and does not wait: where there are none, the issuer is
    // asked as early, and as often, as a token may make us ask.
    virtual void hasten() noexcept {}
    // What this worker has asked for keys, since that time. Throws std::bad_alloc.
    virtual std::vector<CallLog::Shared> calls_since(std::chrono::milliseconds /*time*/) const { return {}; }
};

}  // namespace authority
