#include "authority/key_cache.h"

#include <algorithm>
#include <new>
#include <utility>

#include "oauth/error.h"

namespace authority {
namespace {

using oauth::jwt::JwkSet;

base::Sha256 digest(KeyFormat format, std::string_view text) {
    const auto result = base::sha256_of({format == KeyFormat::jwks ? "jwks" : "keyval", text});
    if (!result) throw std::bad_alloc();
    return *result;
}

// Whether OpenSSL may have left out a key only because memory was short: then the document must be read again.
bool may_be_incomplete(const JwkSet& keys) {
    return std::ranges::any_of(keys.skipped(), [](const oauth::jwt::SkippedKey& key) {
        return key.reason == oauth::Error::key_point_invalid || key.reason == oauth::Error::key_pem_invalid ||
               key.reason == oauth::Error::out_of_memory || key.reason == oauth::Error::internal;
    });
}

}  // namespace

std::expected<Keys, std::string> parse_keys(std::string_view document, KeyFormat format) {
    auto keys = format == KeyFormat::jwks ? JwkSet::parse_jwks(document) : JwkSet::parse_keyval(document);
    if (!keys) return std::unexpected(text(keys.error()));
    return std::make_shared<const JwkSet>(*std::move(keys));
}

bool KeptAnswer::renew() noexcept {
    const bool is_too_early = renewed_at_ && ngx_current_msec - *renewed_at_ < interval;
    if (is_too_early || !may_be_asked_for()) return false;
    renewed_at_ = ngx_current_msec;
    lacks_newer_ = true;
    return true;
}

// A failure leaves the keys that are there.
void KeptAnswer::take(const std::expected<Keys, std::string>& answer) {
    if (!answer) {
        failure_ = answer.error();
        failed_ = ngx_current_msec;
        return;
    }
    keys_ = *answer;
    fetched_ = ngx_current_msec;
    failure_.clear();
    lacks_newer_ = false;
}

bool StrangersBudget::take() noexcept {
    const ngx_msec_t now = ngx_current_msec;
    const bool is_behind = !spent_until_ || static_cast<ngx_msec_int_t>(*spent_until_ - now) < 0;
    const ngx_msec_t until = (is_behind ? now : *spent_until_) + interval;
    if (until - now > burst * interval) return false;
    spent_until_ = until;
    return true;
}

KeptAnswer* KeptAnswers::find(const Key& key) {
    KeptAnswer* known = with_keys_.find(key);
    return known != nullptr ? known : without_keys_.find(key);
}

void KeptAnswers::keep(const Key& key, const std::expected<Keys, std::string>& answer) {
    KeptAnswer* known = answer ? with_keys_.find(key) : find(key);
    if (known == nullptr) known = &(answer ? with_keys_ : without_keys_).insert(key, {});
    known->take(answer);
}

KeptAnswer* KeyCache::answer(const KeptAnswers::Key& key) {
    KeptAnswer* known = own_.find(key);
    return known != nullptr ? known : of_strangers_.find(key);
}

void KeyCache::keep_answer(const KeptAnswers::Key& key, const std::expected<Keys, std::string>& answer,
                           Standing standing) {
    (standing == Standing::own ? own_ : of_strangers_).keep(key, answer);
}

std::expected<Keys, std::string> KeyCache::document(std::string_view text, KeyFormat format) {
    const base::Sha256 key = digest(format, text);
    if (const Keys* known = documents_.find(key)) return *known;
    auto keys = parse_keys(text, format);
    if (keys && !may_be_incomplete(**keys)) documents_.insert(key, *keys);
    return keys;
}

std::expected<Keys, std::string> KeyCache::file(const std::string& name, KeyFormat format) {
    const base::Sha256 key = digest(format, name);
    const KnownFile* known = files_.find(key);
    if (known != nullptr) {
        const auto stamp = ngx::stamp_file(name);
        if (!stamp) return std::unexpected(stamp.error());
        if (*stamp == known->stamp) return known->keys;
    }
    const auto file = ngx::read_file(name, JwkSet::max_document_bytes);
    if (!file) return std::unexpected(file.error());
    auto keys = document(file->content, format);
    if (keys && !may_be_incomplete(**keys)) files_.insert(key, {file->stamp, *keys});
    return keys;
}

}  // namespace authority
