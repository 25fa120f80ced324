#include "authority/key_cache.h"

#include <algorithm>
#include <new>
#include <utility>

#include "authority/shared_document.h"
#include "ngx/config.h"
#include "ngx/log.h"
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

KeptAnswer::Time KeptAnswer::age() const noexcept {
    return SharedDocument::now() - *asked_at_;
}

KeptAnswer::Time KeptAnswer::time_to_retry() const noexcept {
    return failure_.empty() ? Time(0) : std::max(failed_ + interval - SharedDocument::now(), Time(0));
}

KeptAnswer::Time KeptAnswer::time_to_turn() const noexcept {
    return std::max(turns_.time_left(SharedDocument::now()), time_to_retry());
}

void KeptAnswer::take_turn() noexcept {
    turns_.acquire(SharedDocument::now());
}

// A failure leaves the keys that are there.
void KeptAnswer::take(const std::expected<Keys, std::string>& answer, Time asked_at) {
    if (!answer) {
        failure_ = answer.error();
        failed_ = SharedDocument::now();
        return;
    }
    keys_ = *answer;
    asked_at_ = asked_at;
    failure_.clear();
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

void KeptAnswers::keep(const Key& key, const std::expected<Keys, std::string>& answer, KeptAnswer::Time asked_at) {
    KeptAnswer* known = answer ? with_keys_.find(key) : find(key);
    if (known == nullptr) known = &(answer ? with_keys_ : without_keys_).insert(key, {});
    known->take(answer, asked_at);
}

KeptAnswer* KeyCache::answer(const KeptAnswers::Key& key) {
    KeptAnswer* known = own_.find(key);
    return known != nullptr ? known : of_strangers_.find(key);
}

void KeyCache::keep_answer(const KeptAnswers::Key& key, const std::expected<Keys, std::string>& answer,
                           KeptAnswer::Time asked_at, Standing standing) {
    (standing == Standing::own ? own_ : of_strangers_).keep(key, answer, asked_at);
}

std::expected<Keys, std::string> KeyCache::document(std::string_view text, KeyFormat format, std::string_view source) {
    const base::Sha256 key = digest(format, text);
    if (const Keys* known = documents_.find(key)) return *known;
    auto set = read_keys(text, format);
    if (!set) return std::unexpected(std::move(set.error()));
    auto keys = std::make_shared<const JwkSet>(*std::move(set));
    tell_of(key, *keys, source);
    if (!may_be_incomplete(*keys)) documents_.insert(key, keys);
    return keys;
}

void KeyCache::tell_of(const base::Sha256& document, const JwkSet& keys, std::string_view source) {
    const auto remarks = keys.remarks();
    if (remarks.empty() || told_of_.find(document) != nullptr) return;
    told_of_.insert(document, {});
    for (const std::string& remark : remarks)
        ngx::log(NGX_LOG_WARN, ngx_cycle->log, "keys of " + std::string(source) + ": " + remark);
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
    auto keys = document(file->content, format, ngx::in_quotes(name));
    if (keys && !may_be_incomplete(**keys)) files_.insert(key, {file->stamp, *keys});
    return keys;
}

}  // namespace authority
