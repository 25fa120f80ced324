// Tokens that the keys of a worker did not verify, and when they were first seen.
#pragma once

#include <chrono>
#include <string_view>

#include "base/lru_cache.h"
#include "base/sha256.h"

namespace authority {

// A token's keys were published before it was issued. So keys that were asked for after it was first seen judge it once
// and for all; who sends it again and again need not wait for yet newer ones.
class DoubtfulTokens {
public:
    using Time = std::chrono::milliseconds;  // of any clock that does not go back

    // `now`, when it has not been seen before, or too long ago to be remembered. Throws std::bad_alloc.
    Time first_seen(std::string_view token, Time now);

private:
    static constexpr std::size_t capacity = 4096;

    base::LruCache<base::Sha256, Time, base::Sha256Hash> seen_{capacity};  // no token, only what tells it from others
};

}  // namespace authority
