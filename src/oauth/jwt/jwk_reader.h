// Makes keys and key sets out of documents. The only place that fills a Jwk or a JwkSet.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "oauth/error.h"
#include "oauth/json/json.h"
#include "oauth/jwt/jwk_set.h"
#include "oauth/jwt/public_key.h"

namespace oauth::jwt {

// Collects the keys of one document, in order. A key that cannot be used is left out with its reason.
class JwkReader {
public:
    void add_jwk(json::Value jwk);                        // an element of "keys" (RFC 7517 section 4)
    void add_pem(std::string_view kid, json::Value pem);  // a member of a keyval document

    void skip(std::string kid, Error reason);  // one that cannot even be read

    // The set; key_set_unusable when it has no key.
    std::expected<JwkSet, KeySetError> finish(const base::Sha256& identity) &&;

private:
    static std::expected<Jwk, Error> read_jwk(json::Value jwk);
    static std::expected<Jwk, Error> make_public(std::expected<PublicKey, Error> public_key);
    static std::expected<Jwk, Error> read_secret(json::Value jwk);
    static std::expected<void, Error> narrow_to_alg(json::Value jwk, Jwk& key);

    void add(std::string kid, std::expected<Jwk, Error> key, bool may_be_public = true);
    void warn(std::string_view kid, KeyWarning warning);

    JwkSet set_;
    std::size_t index_ = 0;  // of the key being read
};

}  // namespace oauth::jwt
