// Keys that a worker has read or fetched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "ngx/file.h"
#include "ngx/lru_cache.h"
#include "ngx/nginx.h"
#include "oauth/base/sha256.h"
#include "oauth/jwt/jwk_set.h"

namespace auth_jwt {

enum class KeyFormat : std::uint8_t {
    jwks,
    keyval
};

using Keys = std::shared_ptr<const oauth::jwt::JwkSet>;  // a request that waits keeps its keys alive

// What a document holds. The error is for a message.
std::expected<Keys, std::string> parse_keys(std::string_view document, KeyFormat format);

class KeyCache {
public:
    // Keys from a file; read again when the file has changed.
    std::expected<Keys, std::string> file(const std::string& name, KeyFormat format);

    // As parse_keys(), but the same document is parsed only once.
    std::expected<Keys, std::string> document(std::string_view text, KeyFormat format);

    // Keys from a key request (auth_jwt_key_cache).
    struct Answer {
        Keys keys;
        ngx_msec_t fetched;
        ngx_msec_t asked;
        // A renewal is under way, or has failed.
        bool is_asked_for() const noexcept { return asked != fetched; }
    };
    using AnswerKey = oauth::Sha256;
    Answer* answer(const AnswerKey& key) { return answers_.find(key); }
    void keep_answer(const AnswerKey& key, const Keys& keys) {
        answers_.insert(key, {keys, ngx_current_msec, ngx_current_msec});
    }

private:
    struct Hash {
        std::size_t operator()(const oauth::Sha256& digest) const noexcept;
    };
    struct KnownFile {
        ngx::FileStamp stamp;
        Keys keys;
    };

    ngx::LruCache<oauth::Sha256, Keys, Hash> documents_{64};
    ngx::LruCache<oauth::Sha256, KnownFile, Hash> files_{256};
    ngx::LruCache<oauth::Sha256, Answer, Hash> answers_{256};
};

}  // namespace auth_jwt
