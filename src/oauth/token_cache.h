// Verified tokens that a worker has seen lately: clients send the same token with every request, and nobody should
// verify it twice. One worker, one thread, no locks.
//
// Entries hold claims, never verdicts: whoever finds a token here still checks its times, issuer, audience, revocation
// and scopes (check_claims() and policy), so that the clock and the rules take effect at once. Tokens that failed are
// never stored.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/lru_cache.h"
#include "base/sha256.h"
#include "oauth/numeric_date.h"
#include "oauth/verified_token.h"

namespace oauth {

class TokenCache {
public:
    static constexpr base::LruLimits default_limits{.max_entries = 4096, .max_bytes = std::size_t{4} * 1024 * 1024};

    explicit TokenCache(base::LruLimits limits = default_limits) noexcept : entries_(limits) {}

    // `key` must be a digest of the token's signature and of all that its verification depended on: the identity of the
    // key sets it was looked up in and the rules on algorithms and types. A rotated or withdrawn key thus changes the
    // key, and misses. `signing_input`, the rest of the token, is compared byte by byte: comparing costs a tenth of
    // hashing, and without the signature it opens nothing, so that it may be kept. For an introspected token: what
    // stands for the question, and the answer.
    std::shared_ptr<const VerifiedToken> find(const base::Sha256& key, std::string_view signing_input);

    // Keeps the token, in place of what the key had, and drops the least recently used ones beyond the limits. False
    // when there was no memory for it: without a cache everything still works.
    bool insert(const base::Sha256& key, std::string_view signing_input,
                std::shared_ptr<const VerifiedToken> token) noexcept;

    std::size_t size() const noexcept { return entries_.size(); }
    std::size_t memory_bytes() const noexcept { return entries_.bytes(); }

private:
    struct Entry {
        std::string signing_input;
        std::shared_ptr<const VerifiedToken> token;
    };
    base::LruCache<base::Sha256, Entry, base::Sha256Hash> entries_;
};

}  // namespace oauth
