// Public keys of EdDSA are encoded points of an Edwards curve (RFC 8032 section 5.1.3 and 5.2.3).
#pragma once

#include <cstdint>
#include <string_view>

namespace oauth::jwt {

enum class EdwardsCurve : std::uint8_t {
    ed25519,
    ed448
};

// True when `encoded` has the curve's exact length and names, in its one canonical spelling, a point of the curve that
// is not of small order. OpenSSL takes any bytes of the right length as a public key, and under a point of small order
// (32 zero bytes, say) anyone can make signatures that verify.
bool is_usable_point(EdwardsCurve curve, std::string_view encoded);

}  // namespace oauth::jwt
