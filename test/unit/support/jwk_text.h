// JWKs of given numbers, however wrong, for tests.
#pragma once

#include <string>
#include <string_view>

#include "base/base64url.h"

namespace support {

inline std::string rsa_jwk(std::string_view modulus, std::string_view exponent) {
    return R"({"kty":"RSA","n":")" + base::base64url::encode(modulus) + R"(","e":")" +
           base::base64url::encode(exponent) + "\"}";
}

inline std::string ec_jwk(std::string_view curve, std::string_view x, std::string_view y) {
    return R"({"kty":"EC","crv":")" + std::string(curve) + R"(","x":")" + base::base64url::encode(x) + R"(","y":")" +
           base::base64url::encode(y) + "\"}";
}

inline std::string okp_jwk(std::string_view curve, std::string_view x) {
    return R"({"kty":"OKP","crv":")" + std::string(curve) + R"(","x":")" + base::base64url::encode(x) + "\"}";
}

inline std::string odd_modulus(std::size_t bits) {
    std::string modulus((bits + 7) / 8, '\xFF');
    modulus[0] = static_cast<char>(0xFF >> (modulus.size() * 8 - bits));
    return modulus;
}

inline const std::string e65537("\x01\x00\x01", 3);

}  // namespace support
