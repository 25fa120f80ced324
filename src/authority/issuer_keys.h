// The verification keys of one issuer, as one worker has them.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <string>

#include "ngx/nginx.h"
#include "ngx/pause.h"
#include "ngx/shm_cache.h"
#include "ngx/trust_store.h"
#include "oauth/discovery/freshness.h"
#include "oauth/error.h"
#include "oauth/jwt/jwk_set.h"

namespace authority {

struct RemoteKeysOptions {
    const ngx::TrustStore* trusted = nullptr;  // required
    ngx::ShmCache* shared = nullptr;  // where workers share what one of them fetched; null: each fetches for itself
    oauth::discovery::FreshnessBounds freshness;
    std::chrono::milliseconds refetch_interval = std::chrono::seconds(5);  // between fetches that requests ask for
    ngx_msec_t fetch_deadline = 10000;
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

    // From init_process and exit_process, inside of fetch_init_process() and fetch_exit_process().
    virtual void start() noexcept {}
    virtual void stop() noexcept {}

    // The keys to verify with now, never null. The error is keys_unavailable: none could be had yet, or the last ones
    // are too old.
    virtual std::expected<Set, oauth::Error> current() noexcept = 0;

    // False: they are what the operator has put there, and nobody is asked for newer ones.
    virtual bool are_fetched() const noexcept { return false; }
    // True since the issuer could last not be asked: a key that current() does not have may be a new one, so that its
    // token is not to be called bad (SPEC 87).
    virtual bool failing() const noexcept { return false; }

    // For a token whose key current() does not have, or when it has none. True: `pause` is on, for `limit` milliseconds
    // at most; then look at current() again. False: no newer keys can be had now. Whatever clients send, they make us
    // ask the issuer at most once in each refetch interval.
    virtual bool wait_for_newer(ngx::Pause& pause, ngx_msec_t limit) noexcept = 0;
};

}  // namespace authority
