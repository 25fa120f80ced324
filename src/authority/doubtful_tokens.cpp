#include "authority/doubtful_tokens.h"

namespace authority {

DoubtfulTokens::Time DoubtfulTokens::first_seen(std::string_view token, Time now) {
    const base::Sha256 digest = base::must_sha256_of({token});
    if (const Time* known = seen_.find(digest)) return *known;
    return seen_.insert(digest, now);
}

}  // namespace authority
