// A private key that signs tokens: for authorization servers of one's own and for tests. Nothing in nginx uses it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

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

    Algorithm algorithm() const noexcept { return algorithm_; }
    const std::string& kid() const noexcept { return kid_; }  // the JWK thumbprint (RFC 7638, SHA-256)

    std::string public_jwk() const;                          // one JSON object, with kid, alg and use
    std::expected<base::Secret, Error> private_pem() const;  // PKCS#8

    // The compact JWS of `payload`, whose header says alg, kid and typ. Errors: internal.
    std::expected<std::string, Error> sign(std::string_view payload, std::string_view type) const;

private:
    SigningKey(base::openssl::Pkey pkey, Algorithm algorithm, std::string public_members, std::string kid) noexcept;
    static std::expected<SigningKey, Error> make(base::openssl::Pkey pkey, Algorithm algorithm);

    base::openssl::Pkey pkey_;
    Algorithm algorithm_;
    std::string public_members_;  // what RFC 7638 makes the thumbprint of, without the braces
    std::string kid_;
};

}  // namespace oauth::jwt
