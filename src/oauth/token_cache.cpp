#include "oauth/token_cache.h"

#include <cstring>
#include <new>
#include <utility>

namespace oauth {
namespace {

constexpr std::size_t bookkeeping_bytes = 160;  // list and index nodes of one entry, measured with glibc's malloc

}  // namespace

std::size_t TokenCache::KeyHash::operator()(const base::Sha256& key) const noexcept {
    std::size_t word = 0;  // a digest is as good a hash as any, and nobody can choose it
    std::memcpy(&word, key.data(), sizeof word);
    return word;
}

std::size_t TokenCache::cost(const Entry& entry) noexcept {
    return bookkeeping_bytes + entry.signing_input.size() + entry.token->memory_bytes();
}

std::shared_ptr<const VerifiedToken> TokenCache::find(const base::Sha256& key, std::string_view signing_input) {
    const auto found = index_.find(key);
    if (found == index_.end() || found->second->signing_input != signing_input) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->token;
}

bool TokenCache::insert(const base::Sha256& key, std::string_view signing_input,
                        std::shared_ptr<const VerifiedToken> token) noexcept try {
    std::list<Entry> fresh;
    fresh.push_front({key, std::string(signing_input), std::move(token)});
    const auto [place, is_new] = index_.emplace(key, fresh.begin());
    if (!is_new) {
        bytes_ -= cost(*place->second);
        entries_.erase(place->second);
        place->second = fresh.begin();
    }
    entries_.splice(entries_.begin(), fresh);
    bytes_ += cost(entries_.front());
    while (entries_.size() > limits_.max_entries || bytes_ > limits_.max_bytes)
        drop_last();
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

void TokenCache::drop_last() noexcept {
    bytes_ -= cost(entries_.back());
    index_.erase(entries_.back().key);
    entries_.pop_back();
}

}  // namespace oauth
