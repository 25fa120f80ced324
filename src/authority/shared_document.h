// A document that all workers need and one of them fetches, in shared memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ngx/shm_cache.h"
#include "ngx/trust_store.h"
#include "oauth/discovery/freshness.h"

namespace authority {

class SharedDocument {
public:
    using Milliseconds = std::chrono::milliseconds;

    struct Copy {
        std::string text;
        Milliseconds fetched_at;  // see now()
        oauth::discovery::Freshness freshness;
    };
    // Why nobody else fetches it now.
    struct Claim {
        unsigned failures;  // in a row, until it is tried again; 0: somebody is fetching it
        Milliseconds time_left;
        ngx_pid_t fetcher = 0;       // who is fetching it
        bool is_told = false;        // a failure that the log need not tell again
        Milliseconds not_before{0};  // of now(): a failure after which no token makes us ask earlier
    };

    // Of a clock that nobody can set, and that reads the same in all processes.
    static Milliseconds now() noexcept;

    // `cache` may be null: then there is nobody to share with. `what` and `location` name the document, `trusted` whom
    // it was believed to come from: none of another configuration is taken over that trusted somebody else. Claims are
    // those of one configuration: what the one before is doing, or could not do, stops nobody. Throws std::bad_alloc.
    SharedDocument(ngx::ShmCache* cache, std::string_view what, std::string_view location,
                   const ngx::TrustStore& trusted, Milliseconds configured_at);

    // One that was fetched later than `newer_than`: else nothing is copied.
    std::optional<Copy> lookup(std::optional<Milliseconds> newer_than) const;
    void publish(const Copy& copy) const;

    // True: the caller is the one to fetch it, for `time`. It then calls publish(), publish_failure() or give_up();
    // when it dies instead, somebody calls end_claim_of() for it, or its time runs out.
    bool claim(Milliseconds time) const noexcept;
    void prolong_claim(Milliseconds time) const noexcept;
    void give_up() const noexcept;
    void end_claim_of(ngx_pid_t fetcher) const noexcept;
    // Nobody fetches it until it is time to retry, or until somebody forgives the failure.
    void publish_failure(const Claim& failure) const;
    void forgive_failure() const noexcept;
    std::optional<Claim> standing_claim() const noexcept;
    // True for the one process that may ask for a newer one before it is time: once in each `interval`.
    bool take_turn(Milliseconds interval) const noexcept;
    Milliseconds time_to_turn() const noexcept;

    // Another number than before: there is a newer document, or a claim has ended; of this document, or of another in
    // the same zone. To be asked before looking. Takes no lock.
    std::uint64_t announcements() const noexcept { return cache_ == nullptr ? 0 : cache_->announcements(); }

private:
    bool is_newer(Milliseconds than) const noexcept;

    ngx::ShmCache* cache_;
    ngx::ShmCache::Key document_;
    ngx::ShmCache::Key claim_;
    ngx::ShmCache::Key renewal_;
};

}  // namespace authority
