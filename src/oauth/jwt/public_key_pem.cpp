#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "oauth/jwt/public_key.h"

namespace oauth::jwt {
namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr std::string_view begin_line = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view end_line = "-----END PUBLIC KEY-----";

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

// OpenSSL skips what stands before the first BEGIN line and ignores what follows the END line.
bool is_one_public_key(std::string_view pem) {
    return pem.starts_with(begin_line) && pem.find(end_line) == pem.size() - end_line.size();
}

// PEM_read_bio neither decrypts nor asks for a passphrase: an encrypted block shows by its header.
base::openssl::Pkey parse_pem(std::string_view pem) {
    const base::openssl::Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* der = nullptr;
    long der_size = 0;
    if (!bio || PEM_read_bio(bio.get(), &label, &header, &der, &der_size) != 1) return nullptr;
    const base::openssl::Memory<char> owned_label(label);
    const base::openssl::Memory<char> owned_header(header);
    const base::openssl::Memory<unsigned char> owned_der(der);
    const unsigned char* end = der;
    base::openssl::Pkey pkey(d2i_PUBKEY(nullptr, &end, der_size));
    if (*header != '\0' || end != der + der_size) return nullptr;
    return pkey;
}

// Big-endian, at least `min_size` bytes; empty when the key has no such number.
std::string number_of(EVP_PKEY* pkey, const char* parameter, std::size_t min_size = 0) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(pkey, parameter, &number) != 1) return {};
    const base::openssl::Bignum owned(number);
    std::string bytes(std::max<std::size_t>(min_size, static_cast<std::size_t>(BN_num_bytes(number))), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return bytes;
}

std::expected<PublicKey, Error> rebuild_rsa(EVP_PKEY* pkey) {
    return rsa_public_key(number_of(pkey, OSSL_PKEY_PARAM_RSA_N), number_of(pkey, OSSL_PKEY_PARAM_RSA_E));
}

std::expected<PublicKey, Error> rebuild_ec(EVP_PKEY* pkey) {
    std::array<char, 64> group{};
    if (EVP_PKEY_get_group_name(pkey, group.data(), group.size(), nullptr) != 1)
        return std::unexpected(Error::key_curve_unsupported);
    const int nid = OBJ_sn2nid(group.data());
    const char* const name = EC_curve_nid2nist(nid);
    if (name == nullptr) return std::unexpected(Error::key_curve_unsupported);
    const auto size = static_cast<std::size_t>((EVP_PKEY_get_bits(pkey) + 7) / 8);
    return ec_public_key(name, number_of(pkey, OSSL_PKEY_PARAM_EC_PUB_X, size),
                         number_of(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size));
}

std::expected<PublicKey, Error> rebuild_okp(EVP_PKEY* pkey, std::string_view curve) {
    std::array<unsigned char, 57> raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(pkey, raw.data(), &size) != 1) return std::unexpected(Error::key_pem_invalid);
    return okp_public_key(curve, {reinterpret_cast<const char*>(raw.data()), size});
}

}  // namespace

std::expected<PublicKey, Error> pem_public_key(std::string_view pem) {
    pem = trim(pem);
    if (!is_one_public_key(pem)) return std::unexpected(Error::key_pem_invalid);
    const base::openssl::Pkey pkey = parse_pem(pem);
    if (!pkey) return std::unexpected(Error::key_pem_invalid);
    switch (EVP_PKEY_get_base_id(pkey.get())) {
        case EVP_PKEY_RSA:
            return rebuild_rsa(pkey.get());
        case EVP_PKEY_EC:
            return rebuild_ec(pkey.get());
        case EVP_PKEY_ED25519:
            return rebuild_okp(pkey.get(), "Ed25519");
        case EVP_PKEY_ED448:
            return rebuild_okp(pkey.get(), "Ed448");
        default:
            return std::unexpected(Error::key_type_unsupported);
    }
}

}  // namespace oauth::jwt
