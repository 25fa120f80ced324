// Keys that a worker has read or fetched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authority/doubtful_tokens.h"
#include "authority/key_document.h"
#include "authority/turn_rule.h"
#include "base/lru_cache.h"
#include "base/sha256.h"
#include "ngx/file.h"
#include "ngx/nginx.h"
#include "oauth/discovery/refetch_limiter.h"
#include "oauth/jwt/jwk_set.h"

namespace authority {

using Keys = std::shared_ptr<const oauth::jwt::JwkSet>;  // a request that waits keeps its keys alive

// What one key request brought, the last time it was asked and before. Whatever clients send, keys are asked for once
// in `interval` after a failure, and once in it because they do not verify a token.
class KeptAnswer {
public:
    using Time = TurnRule::Time;  // of SharedDocument::now()
    static constexpr Time interval = TurnRule::interval;

    const Keys& keys() const noexcept { return keys_; }               // null: none ever came
    const std::string& failure() const noexcept { return failure_; }  // of the last time; empty: it was a success

    bool is_fresh(Time lifetime) const noexcept { return asked_at_ && age() < lifetime; }
    // For those who need not wait until somebody else has asked.
    bool is_usable(Time lifetime) const noexcept { return asked_at_ && age() < lifetime + interval; }
    bool may_be_asked_for() const noexcept { return time_to_retry() == Time(0); }
    // When the keys were asked for: what was published since then may not be among them. None: there are no keys.
    std::optional<Time> asked_at() const noexcept { return asked_at_; }

    // Until a token that the keys do not verify may make somebody ask.
    Time time_to_turn() const noexcept;
    // The caller asks, since it may.
    void take_turn() noexcept;
    void take(const std::expected<Keys, std::string>& answer, Time asked_at);

private:
    Time age() const noexcept;
    Time time_to_retry() const noexcept;

    Keys keys_;
    std::string failure_;
    std::optional<Time> asked_at_;
    Time failed_{0};
    oauth::discovery::RefetchLimiter turns_{interval};
};

// What keys are asked for in the name of a Host that is not the server's own: clients make up as many as they like.
// Such questions are let through at this rate, whatever their keys.
class StrangersBudget {
public:
    static constexpr ngx_msec_t burst = 16;
    static constexpr ngx_msec_t interval = 1000;

    // False: nobody may ask now.
    bool take() noexcept;

private:
    std::optional<ngx_msec_t> spent_until_;  // each question moves it on by `interval`
};

// What key requests brought, by what was asked for. Failures have a smaller place of their own: they never push out
// keys.
class KeptAnswers {
public:
    using Key = base::Sha256;

    KeptAnswer* find(const Key& key);  // null: nobody has asked yet
    void keep(const Key& key, const std::expected<Keys, std::string>& answer, KeptAnswer::Time asked_at);

private:
    using Cache = base::LruCache<Key, KeptAnswer, base::Sha256Hash>;

    Cache with_keys_{256};
    Cache without_keys_{64};
};

// Of the Host in whose name keys are asked for.
enum class Standing : std::uint8_t {
    own,      // a name that the operator wrote
    stranger  // made up by a client, or one of many that a pattern stands for
};

class KeyCache {
public:
    // Keys from a file; read again when the file has changed.
    std::expected<Keys, std::string> file(const std::string& name, KeyFormat format);

    // As read_keys(), but the same document is parsed only once, and the log says only once what is wrong with keys of
    // it. `source` is where it comes from, for that line.
    std::expected<Keys, std::string> document(std::string_view text, KeyFormat format, std::string_view source);

    // See KeptAnswers. A key is of one standing.
    KeptAnswer* answer(const KeptAnswers::Key& key);
    void keep_answer(const KeptAnswers::Key& key, const std::expected<Keys, std::string>& answer,
                     KeptAnswer::Time asked_at, Standing standing);

    StrangersBudget strangers;
    DoubtfulTokens doubtful;

private:
    struct KnownFile {
        ngx::FileStamp stamp;
        Keys keys;
    };
    void tell_of(const base::Sha256& document, const oauth::jwt::JwkSet& keys, std::string_view source);

    template <class Value>
    using Cache = base::LruCache<base::Sha256, Value, base::Sha256Hash>;

    Cache<Keys> documents_{64};
    struct Nothing {};
    Cache<Nothing> told_of_{64};
    Cache<KnownFile> files_{256};
    KeptAnswers own_, of_strangers_;  // what clients make up never pushes out what is kept for the server's own names
};

}  // namespace authority
