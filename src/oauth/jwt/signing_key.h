// A private key that signs: the assertions by which we authenticate (RFC 7523), and tokens of authorization servers of
// one's own and of tests.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/openssl.h"
#include "base/secret.h"
#include "oauth/error.h"
#include "oauth/jwt/algorithm.h"

namespace oauth::jwt {

class SigningKey {
public:
    // A new key. Errors: key_algorithm_unsupported for HMAC, whose secrets are no key pairs; internal.
    static std::expected<SigningKey, Error> generate(Algorithm algorithm);

    // One "PRIVATE KEY" (RFC 7468 section 10), not encrypted. `algorithm`: nullopt takes RS256 for RSA, and what goes
    // with the curve for others. Errors: key_pem_invalid, key_type_unsupported, key_algorithm_mismatch, internal.
    static std::expected<SigningKey, Error> from_pem(std::string_view pem, std::optional<Algorithm> algorithm);

    // One private JWK (RFC 7517), which names its `alg` and `kid` or not. `algorithm` as above; it must be the one that
    // the JWK names. Errors: as above, those of json::Document, key_not_object, key_member_invalid,
    // key_curve_unsupported, key_use_not_signature.
    static std::expected<SigningKey, Error> from_jwk(std::string_view text, std::optional<Algorithm> algorithm);

    // Either of them, as people have their keys.
    static std::expected<SigningKey, Error> from_text(std::string_view text, std::optional<Algorithm> algorithm);

    Algorithm algorithm() const noexcept { return algorithm_; }
    // The one of its JWK; else the thumbprint (RFC 7638, SHA-256).
    const std::string& kid() const noexcept { return kid_; }
    bool has_own_kid() const noexcept { return has_own_kid_; }
    void set_kid(std::string kid) noexcept {
        kid_ = std::move(kid);
        has_own_kid_ = true;
    }

    std::string public_jwk() const;                          // one JSON object, with kid, alg and use
    std::expected<base::Secret, Error> private_pem() const;  // PKCS#8

    // The compact JWS of `payload`, whose header says alg, kid and typ. Errors: internal.
    std::expected<std::string, Error> sign(std::string_view payload, std::string_view type) const {
        return sign(payload, type, kid_);
    }
    // The same with another kid; an empty one is left out.
    std::expected<std::string, Error> sign(std::string_view payload, std::string_view type, std::string_view kid) const;

private:
    SigningKey(base::openssl::Pkey pkey, Algorithm algorithm, std::string public_members, std::string kid) noexcept;
    static std::expected<SigningKey, Error> make(base::openssl::Pkey pkey, Algorithm algorithm);
    static std::expected<SigningKey, Error> make_fitting(base::openssl::Pkey pkey, std::optional<Algorithm> algorithm);

    base::openssl::Pkey pkey_;
    Algorithm algorithm_;
    std::string public_members_;  // what RFC 7638 makes the thumbprint of, without the braces
    std::string kid_;
    bool has_own_kid_ = false;
};

}  // namespace oauth::jwt
