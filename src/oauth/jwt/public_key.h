// Public keys from their raw numbers and from PEM, with the checks of RFC 8725 section 3.4 and 3.5.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "base/openssl.h"
#include "oauth/error.h"
#include "oauth/jwt/algorithm.h"

namespace oauth::jwt {

struct PublicKey {
    base::openssl::Pkey pkey;
    AlgorithmSet algorithms;          // all that its type and curve can verify
    std::size_t coordinate_size = 0;  // EC: bytes of r and of s
};

// Numbers are big-endian bytes. Errors: key_too_weak (a size or an exponent that is not safe to use), internal.
std::expected<PublicKey, Error> rsa_public_key(std::string_view modulus, std::string_view exponent);

// `curve` by its JWK name. Errors: key_curve_unsupported, key_member_invalid (a coordinate of another length than RFC
// 7518 section 6.2.1.2 says), key_point_invalid, internal.
std::expected<PublicKey, Error> ec_public_key(std::string_view curve, std::string_view x, std::string_view y);

// The same for Ed25519 and Ed448 (RFC 8037 section 2).
std::expected<PublicKey, Error> okp_public_key(std::string_view curve, std::string_view x);

// One "PUBLIC KEY" (RFC 7468 section 13) and nothing else but white space. The key is taken apart and built again by
// the functions above, so that both ways of reading keys have the same checks. Errors: key_pem_invalid,
// key_type_unsupported, and those of the functions above.
std::expected<PublicKey, Error> pem_public_key(std::string_view pem);

}  // namespace oauth::jwt
