// A document that all workers need and one of them fetches, in shared memory.
#pragma once

#include <chrono>
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
    struct Failure {
        unsigned failures;  // in a row
        Milliseconds retry_in;
    };

    // Of a clock that nobody can set, and that reads the same in all processes.
    static Milliseconds now() noexcept;

    // `cache` may be null: then there is nobody to share with. `what` and `location` name the document, `trusted` whom
    // it was believed to come from: none of another configuration is taken over that trusted somebody else. Throws
    // std::bad_alloc.
    SharedDocument(ngx::ShmCache* cache, std::string_view what, std::string_view location,
                   const ngx::TrustStore& trusted);

    std::optional<Copy> lookup() const;
    void publish(const Copy& copy) const;

    // True: the caller is the one to fetch it, for `time`. It then calls publish(), publish_failure() or give_up().
    bool claim(Milliseconds time) const noexcept;
    void prolong_claim(Milliseconds time) const noexcept;
    void give_up() const noexcept;
    // True for the one process that may ask for a newer one before it is time: once in each `interval`.
    bool may_renew(Milliseconds interval) const noexcept;
    // Nobody fetches it until it is time to retry.
    void publish_failure(const Failure& failure) const;
    std::optional<Failure> failure() const noexcept;

private:
    ngx::ShmCache* cache_;
    ngx::ShmCache::Key document_;
    ngx::ShmCache::Key claim_;
    ngx::ShmCache::Key renewal_;
};

}  // namespace authority
