#include "oauth/jwt/public_key.h"

#include <algorithm>
#include <array>
#include <string>

#include "oauth/jwt/edwards_point.h"

namespace oauth::jwt {
namespace {

using base::openssl::Bignum;

// 2048: RFC 7518 section 3.3. 16384: more than that OpenSSL does not verify with.
constexpr int min_modulus_bits = 2048;
constexpr int max_modulus_bits = 16384;
// OpenSSL bounds the exponent only beside a large modulus; a long one makes each verification cost like a signature.
constexpr int max_exponent_bits = 64;
constexpr std::size_t max_number_bytes = 4096;  // leading zeros are harmless, but not without end

struct EcCurve {
    std::string_view name;
    std::size_t coordinate_size;
    Algorithm algorithm;
};
constexpr std::array<EcCurve, 3> ec_curves{{
    {"P-256", 32, Algorithm::ES256},
    {"P-384", 48, Algorithm::ES384},
    {"P-521", 66, Algorithm::ES512},
}};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Bignum to_bignum(std::string_view big_endian) {
    return Bignum(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

base::openssl::Pkey build_public_key(const char* type, OSSL_PARAM_BLD* builder) {
    const base::openssl::Params params(OSSL_PARAM_BLD_to_param(builder));
    const base::openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* pkey = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return base::openssl::Pkey(pkey);
}

bool is_strong_rsa(const BIGNUM* modulus, const BIGNUM* exponent) {
    const int modulus_bits = BN_num_bits(modulus);
    const int exponent_bits = BN_num_bits(exponent);
    return modulus_bits >= min_modulus_bits && modulus_bits <= max_modulus_bits && BN_is_odd(modulus) == 1 &&
           exponent_bits >= 2 && exponent_bits <= max_exponent_bits && BN_is_odd(exponent) == 1;
}

// EVP_PKEY_fromdata refuses points off the curve as well, but no manual page promises it.
bool is_valid_point(EVP_PKEY* pkey) {
    const base::openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr));
    return context && EVP_PKEY_public_check_quick(context.get()) == 1;
}

}  // namespace

std::expected<PublicKey, Error> rsa_public_key(std::string_view modulus, std::string_view exponent) {
    if (std::max(modulus.size(), exponent.size()) > max_number_bytes) return std::unexpected(Error::key_too_weak);
    const Bignum n = to_bignum(modulus);
    const Bignum e = to_bignum(exponent);
    const base::openssl::ParamsBuilder builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder) return std::unexpected(Error::out_of_memory);
    if (!is_strong_rsa(n.get(), e.get())) return std::unexpected(Error::key_too_weak);
    if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return std::unexpected(Error::internal);
    base::openssl::Pkey pkey = build_public_key("RSA", builder.get());
    if (!pkey) return std::unexpected(Error::internal);
    return PublicKey{
        std::move(pkey),
        {Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384, Algorithm::PS512}};
}

std::expected<PublicKey, Error> ec_public_key(std::string_view curve_name, std::string_view x, std::string_view y) {
    const auto* const curve = std::ranges::find(ec_curves, curve_name, &EcCurve::name);
    if (curve == ec_curves.end()) return std::unexpected(Error::key_curve_unsupported);
    if (x.size() != curve->coordinate_size || y.size() != curve->coordinate_size)
        return std::unexpected(Error::key_member_invalid);
    // Uncompressed form (SEC 1 section 2.3.3).
    const std::string point = std::string(1, '\x04').append(x).append(y);
    const base::openssl::ParamsBuilder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->name.data(),
                                        curve->name.size()) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return std::unexpected(Error::out_of_memory);
    base::openssl::Pkey pkey = build_public_key("EC", builder.get());
    if (!pkey || !is_valid_point(pkey.get())) return std::unexpected(Error::key_point_invalid);
    return PublicKey{std::move(pkey), {curve->algorithm}, curve->coordinate_size};
}

std::expected<PublicKey, Error> okp_public_key(std::string_view curve, std::string_view x) {
    const bool is_ed25519 = curve == "Ed25519";
    if (!is_ed25519 && curve != "Ed448") return std::unexpected(Error::key_curve_unsupported);
    if (x.size() != (is_ed25519 ? 32 : 57)) return std::unexpected(Error::key_member_invalid);
    if (!is_usable_point(is_ed25519 ? EdwardsCurve::ed25519 : EdwardsCurve::ed448, x))
        return std::unexpected(Error::key_point_invalid);
    base::openssl::Pkey pkey(
        EVP_PKEY_new_raw_public_key_ex(nullptr, is_ed25519 ? "ED25519" : "ED448", nullptr, bytes_of(x), x.size()));
    if (!pkey) return std::unexpected(Error::internal);
    return PublicKey{std::move(pkey), {Algorithm::EdDSA, is_ed25519 ? Algorithm::Ed25519 : Algorithm::Ed448}};
}

}  // namespace oauth::jwt
