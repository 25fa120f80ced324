#include "authority/doubtful_tokens.h"

namespace authority {

bool depends_on_keys(oauth::Error error) noexcept {
    using oauth::Error;
    return error == Error::key_not_found || error == Error::too_many_candidate_keys ||
           error == Error::signature_invalid || error == Error::signature_malformed;
}

DoubtfulTokens::Time DoubtfulTokens::first_seen(std::string_view token, Time now) {
    const base::Sha256 digest = base::must_sha256_of({token});
    if (const Time* known = seen_.find(digest)) return *known;
    return seen_.insert(digest, now);
}

}  // namespace authority
