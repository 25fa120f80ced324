#include "oauth/jwt/signing_key.h"

#include <openssl/pem.h>

#include <array>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "oauth/json/json_text.h"

namespace oauth::jwt {
namespace {

constexpr std::size_t rsa_bits = 3072;

unsigned char* bytes(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Its JWK name and the size of a coordinate (RFC 7518 section 6.2.1.1).
struct Curve {
    std::string_view openssl_name;
    const char* name;
    Algorithm algorithm;
    std::size_t coordinate_size;
};
constexpr std::array<Curve, 3> curves = {{
    {"prime256v1", "P-256", Algorithm::ES256, 32},
    {"secp384r1", "P-384", Algorithm::ES384, 48},
    {"secp521r1", "P-521", Algorithm::ES512, 66},
}};

const Curve* curve_of(const EVP_PKEY* pkey) noexcept {
    std::array<char, 32> name{};
    if (EVP_PKEY_get_group_name(pkey, name.data(), name.size(), nullptr) != 1) return nullptr;
    for (const Curve& curve : curves)
        if (curve.openssl_name == name.data()) return &curve;
    return nullptr;
}

const Curve* curve_of(Algorithm algorithm) noexcept {
    for (const Curve& curve : curves)
        if (curve.algorithm == algorithm) return &curve;
    return nullptr;
}

// As base64url; filled with zeros to `size` bytes.
std::optional<std::string> number(const EVP_PKEY* pkey, const char* name, std::size_t size) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(pkey, name, &raw) != 1) return std::nullopt;
    const base::openssl::Bignum value(raw);
    std::string text(size == 0 ? static_cast<std::size_t>(BN_num_bytes(value.get())) : size, '\0');
    if (BN_bn2binpad(value.get(), bytes(text), static_cast<int>(text.size())) < 0) return std::nullopt;
    return base::base64url::encode(text);
}

// The required members of the public JWK, in the order of their names (RFC 7638 section 3.2).
std::optional<std::string> rsa_members(const EVP_PKEY* pkey) {
    const auto n = number(pkey, OSSL_PKEY_PARAM_RSA_N, 0);
    const auto e = number(pkey, OSSL_PKEY_PARAM_RSA_E, 0);
    if (!n || !e) return std::nullopt;
    return R"("e":")" + *e + R"(","kty":"RSA","n":")" + *n + '"';
}

std::optional<std::string> ec_members(const EVP_PKEY* pkey) {
    const Curve* curve = curve_of(pkey);
    if (curve == nullptr) return std::nullopt;
    const auto x = number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, curve->coordinate_size);
    const auto y = number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, curve->coordinate_size);
    if (!x || !y) return std::nullopt;
    return R"("crv":")" + std::string(curve->name) + R"(","kty":"EC","x":")" + *x + R"(","y":")" + *y + '"';
}

std::optional<std::string> okp_members(const EVP_PKEY* pkey) {
    std::string raw(64, '\0');
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(pkey, bytes(raw), &size) != 1) return std::nullopt;
    raw.resize(size);
    const std::string_view curve = EVP_PKEY_is_a(pkey, "ED25519") == 1 ? "Ed25519" : "Ed448";
    return R"("crv":")" + std::string(curve) + R"(","kty":"OKP","x":")" + base::base64url::encode(raw) + '"';
}

std::optional<std::string> public_members(const EVP_PKEY* pkey) {
    if (EVP_PKEY_is_a(pkey, "RSA") == 1) return rsa_members(pkey);
    if (EVP_PKEY_is_a(pkey, "EC") == 1) return ec_members(pkey);
    return okp_members(pkey);
}

// Which algorithm the key is for, when nobody says it.
std::expected<Algorithm, Error> natural_algorithm(const EVP_PKEY* pkey) noexcept {
    if (EVP_PKEY_is_a(pkey, "RSA") == 1) return Algorithm::RS256;
    if (EVP_PKEY_is_a(pkey, "ED25519") == 1 || EVP_PKEY_is_a(pkey, "ED448") == 1) return Algorithm::EdDSA;
    const Curve* curve = EVP_PKEY_is_a(pkey, "EC") == 1 ? curve_of(pkey) : nullptr;
    if (curve == nullptr) return std::unexpected(Error::key_type_unsupported);
    return curve->algorithm;
}

bool fits(Algorithm wanted, Algorithm natural, const EVP_PKEY* pkey) noexcept {
    switch (family(wanted)) {
        case Family::hmac:
            return false;
        case Family::rsa_pkcs1:
        case Family::rsa_pss:
            return natural == Algorithm::RS256;
        case Family::ecdsa:
            return natural == wanted;
        case Family::eddsa:
            break;
    }
    if (natural != Algorithm::EdDSA) return false;
    return wanted == Algorithm::EdDSA || (wanted == Algorithm::Ed25519) == (EVP_PKEY_is_a(pkey, "ED25519") == 1);
}

const EVP_MD* digest_of(Algorithm algorithm) noexcept {
    switch (hash_size(algorithm)) {
        case 32:
            return EVP_sha256();
        case 48:
            return EVP_sha384();
        case 64:
            return EVP_sha512();
        default:
            return nullptr;
    }
}

// r and s one after the other (RFC 7518 section 3.4), from OpenSSL's DER.
std::optional<std::string> raw_ecdsa(std::string_view der, std::size_t coordinate_size) {
    const unsigned char* position = bytes(der);
    const base::openssl::EcdsaSignature pair(d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
    if (pair == nullptr) return std::nullopt;
    std::string raw(2 * coordinate_size, '\0');
    const int size = static_cast<int>(coordinate_size);
    if (BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes(raw), size) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes(raw) + coordinate_size, size) < 0)
        return std::nullopt;
    return raw;
}

std::optional<std::string> signature(EVP_PKEY* pkey, Algorithm algorithm, std::string_view input) {
    const base::openssl::DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr;
    if (context == nullptr || EVP_DigestSignInit(context.get(), &options, digest_of(algorithm), nullptr, pkey) != 1)
        return std::nullopt;
    if (family(algorithm) == Family::rsa_pss &&
        (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
        return std::nullopt;
    std::size_t size = 0;
    if (EVP_DigestSign(context.get(), nullptr, &size, bytes(input), input.size()) != 1) return std::nullopt;
    std::string result(size, '\0');
    if (EVP_DigestSign(context.get(), bytes(result), &size, bytes(input), input.size()) != 1) return std::nullopt;
    result.resize(size);
    const Curve* curve = curve_of(algorithm);
    return curve == nullptr ? result : raw_ecdsa(result, curve->coordinate_size);
}

EVP_PKEY* new_key(Algorithm algorithm) noexcept {
    switch (family(algorithm)) {
        case Family::hmac:
            return nullptr;
        case Family::rsa_pkcs1:
        case Family::rsa_pss:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", rsa_bits);
        case Family::ecdsa:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_of(algorithm)->name);
        case Family::eddsa:
            break;
    }
    return EVP_PKEY_Q_keygen(nullptr, nullptr, algorithm == Algorithm::Ed448 ? "ED448" : "ED25519");
}

}  // namespace

SigningKey::SigningKey(base::openssl::Pkey pkey, Algorithm algorithm, std::string public_members,
                       std::string kid) noexcept
    : pkey_(std::move(pkey)), algorithm_(algorithm), public_members_(std::move(public_members)), kid_(std::move(kid)) {}

std::expected<SigningKey, Error> SigningKey::make(base::openssl::Pkey pkey, Algorithm algorithm) {
    auto members = public_members(pkey.get());
    if (!members) return std::unexpected(Error::internal);
    const std::string canonical = '{' + *members + '}';
    std::string digest(32, '\0');
    if (EVP_Q_digest(nullptr, "SHA256", nullptr, canonical.data(), canonical.size(), bytes(digest), nullptr) != 1)
        return std::unexpected(Error::internal);
    return SigningKey(std::move(pkey), algorithm, *std::move(members), base::base64url::encode(digest));
}

std::expected<SigningKey, Error> SigningKey::generate(Algorithm algorithm) {
    const base::openssl::ErrorQueueGuard guard;
    if (family(algorithm) == Family::hmac) return std::unexpected(Error::key_algorithm_unsupported);
    base::openssl::Pkey pkey(new_key(algorithm));
    if (pkey == nullptr) return std::unexpected(Error::internal);
    return make(std::move(pkey), algorithm);
}

std::expected<SigningKey, Error> SigningKey::from_pem(std::string_view pem, std::optional<Algorithm> algorithm) {
    const base::openssl::ErrorQueueGuard guard;
    const base::openssl::Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    // The callback gives no password: an encrypted key is refused, and nobody is asked on the terminal.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    base::openssl::Pkey pkey(bio == nullptr ? nullptr
                                            : PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
    if (pkey == nullptr) return std::unexpected(Error::key_pem_invalid);
    return make_fitting(std::move(pkey), algorithm);
}

std::expected<SigningKey, Error> SigningKey::make_fitting(base::openssl::Pkey pkey,
                                                          std::optional<Algorithm> algorithm) {
    const auto natural = natural_algorithm(pkey.get());
    if (!natural) return std::unexpected(natural.error());
    if (*natural == Algorithm::RS256 && EVP_PKEY_get_bits(pkey.get()) < 2048)  // RFC 7518 section 3.3
        return std::unexpected(Error::key_too_weak);
    if (algorithm && !fits(*algorithm, *natural, pkey.get())) return std::unexpected(Error::key_algorithm_mismatch);
    return make(std::move(pkey), algorithm.value_or(*natural));
}

std::string SigningKey::public_jwk() const {
    return '{' + public_members_ + R"(,"kid":)" + json::quoted(kid_) + R"(,"alg":")" + std::string(name(algorithm_)) +
           R"(","use":"sig"})";
}

std::expected<base::Secret, Error> SigningKey::private_pem() const {
    const base::openssl::ErrorQueueGuard guard;
    const base::openssl::Bio bio(BIO_new(BIO_s_secmem()));
    if (bio == nullptr ||
        PEM_write_bio_PKCS8PrivateKey(bio.get(), pkey_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return std::unexpected(Error::internal);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return base::Secret(std::string_view(data, static_cast<std::size_t>(size)));
}

std::expected<std::string, Error> SigningKey::sign(std::string_view payload, std::string_view type,
                                                   std::string_view kid) const {
    const base::openssl::ErrorQueueGuard guard;
    const std::string kid_member = kid.empty() ? std::string() : R"(,"kid":)" + json::quoted(kid);
    const std::string type_member = type.empty() ? std::string() : R"(,"typ":)" + json::quoted(type);
    const std::string header = R"({"alg":")" + std::string(name(algorithm_)) + '"' + kid_member + type_member + '}';
    std::string token = base::base64url::encode(header) + '.' + base::base64url::encode(payload);
    const auto made = signature(pkey_.get(), algorithm_, token);
    if (!made) return std::unexpected(Error::internal);
    return token + '.' + base::base64url::encode(*made);
}

}  // namespace oauth::jwt
