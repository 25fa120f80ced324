#include "oauth/token_cache.h"

#include <new>
#include <utility>

namespace oauth {
namespace {

constexpr std::size_t bookkeeping_bytes = 160;  // list and index nodes of one entry, measured with glibc's malloc

}  // namespace

std::shared_ptr<const VerifiedToken> TokenCache::find(const base::Sha256& key, std::string_view signing_input) {
    const Entry* found = entries_.find(key);
    return found != nullptr && found->signing_input == signing_input ? found->token : nullptr;
}

bool TokenCache::insert(const base::Sha256& key, std::string_view signing_input,
                        std::shared_ptr<const VerifiedToken> token) noexcept try {
    const std::size_t bytes = bookkeeping_bytes + signing_input.size() + token->memory_bytes();
    entries_.insert(key, {std::string(signing_input), std::move(token)}, bytes);
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

}  // namespace oauth
