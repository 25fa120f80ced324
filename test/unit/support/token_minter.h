// Makes keys and signs tokens with them, for tests. What it signs may be as wrong as the test wishes.
#pragma once

#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "base/openssl.h"
#include "oauth/jwt/algorithm.h"
#include "oauth/jwt/jwk_set.h"

namespace support {

namespace jwt = oauth::jwt;
namespace openssl = base::openssl;

inline void require(bool condition) {
    if (!condition) throw std::runtime_error("OpenSSL refused to make a test key or signature");
}

class TokenMinter {
public:
    // With a key of its own, new for each minter. EdDSA gets an Ed25519 key.
    explicit TokenMinter(jwt::Algorithm algorithm, std::string kid = "") : algorithm_(algorithm), kid_(std::move(kid)) {
        if (jwt::family(algorithm) == jwt::Family::hmac)
            secret_ = random_bytes(jwt::hash_size(algorithm));
        else
            pkey_.reset(generate(algorithm));
    }

    static TokenMinter with_secret(jwt::Algorithm algorithm, std::string secret, std::string kid = "") {
        return TokenMinter(algorithm, std::move(kid), std::move(secret));
    }

    jwt::Algorithm algorithm() const { return algorithm_; }
    const std::string& secret() const { return secret_; }
    EVP_PKEY* pkey() const { return pkey_.get(); }

    // {"alg":..,"kid":..,"typ":"at+jwt"}; no kid when it is empty.
    std::string header() const {
        return R"({"alg":")" + std::string(jwt::name(algorithm_)) + "\"" + member("kid", kid_) + R"(,"typ":"at+jwt"})";
    }

    std::string mint(std::string_view payload) const { return mint(header(), payload); }

    std::string mint(std::string_view header, std::string_view payload) const {
        const std::string input = base::base64url::encode(header) + "." + base::base64url::encode(payload);
        return input + "." + base::base64url::encode(sign(input));
    }

    // The signature as a JWS has it: raw bytes, r and s side by side for ECDSA.
    std::string sign(std::string_view input) const {
        if (jwt::family(algorithm_) == jwt::Family::hmac) return sign_hmac(input);
        const std::string signature = sign_with_openssl(input);
        return jwt::family(algorithm_) == jwt::Family::ecdsa ? from_der(signature) : signature;
    }

    // ECDSA signatures come out in DER.
    std::string sign_with_openssl(std::string_view input) const {
        const base::openssl::DigestContext context(EVP_MD_CTX_new());
        EVP_PKEY_CTX* settings = nullptr;
        require(EVP_DigestSignInit(context.get(), &settings, digest(), nullptr, pkey_.get()) == 1);
        if (jwt::family(algorithm_) == jwt::Family::rsa_pss)
            require(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1);
        std::size_t size = 0;
        require(EVP_DigestSign(context.get(), nullptr, &size, bytes(input), input.size()) == 1);
        std::string signature(size, '\0');
        require(EVP_DigestSign(context.get(), bytes(signature), &size, bytes(input), input.size()) == 1);
        signature.resize(size);
        return signature;
    }

    // The key that verifies, as a JWK. `more` is appended to its members: R"("use":"sig")".
    std::string jwk(std::string_view more = "") const {
        std::string text = "{" + key_members() + member("kid", kid_);
        if (!more.empty()) text.append(",").append(more);
        return text + "}";
    }

    std::string public_pem() const {
        return pem([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, pkey_.get()); });
    }
    std::string private_pem() const {
        return pem([&](BIO* bio) {
            return PEM_write_bio_PKCS8PrivateKey(bio, pkey_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }

    // A number of the key ("n", "d", "qx"), big endian, at least `size` bytes.
    std::string number(const char* parameter, std::size_t size = 0) const {
        BIGNUM* number = nullptr;
        require(EVP_PKEY_get_bn_param(pkey_.get(), parameter, &number) == 1);
        const base::openssl::Bignum owned(number);
        return to_bytes(number, size);
    }

    std::size_t coordinate_size() const { return static_cast<std::size_t>((EVP_PKEY_get_bits(pkey_.get()) + 7) / 8); }

private:
    TokenMinter(jwt::Algorithm algorithm, std::string kid, std::string secret)
        : algorithm_(algorithm), kid_(std::move(kid)), secret_(std::move(secret)) {}

    static const unsigned char* bytes(std::string_view text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    }
    static unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

    static std::string to_bytes(const BIGNUM* number, std::size_t size) {
        std::string text(std::max(size, static_cast<std::size_t>(BN_num_bytes(number))), '\0');
        require(BN_bn2binpad(number, bytes(text), static_cast<int>(text.size())) >= 0);
        return text;
    }

    static std::string random_bytes(std::size_t size) {
        std::string text(size, '\0');
        require(RAND_bytes(bytes(text), static_cast<int>(size)) == 1);
        return text;
    }

    static std::string member(std::string_view name, const std::string& value) {
        return value.empty() ? "" : ",\"" + std::string(name) + "\":\"" + value + "\"";
    }

    static EVP_PKEY* generate(jwt::Algorithm algorithm) {
        switch (algorithm) {
            case jwt::Algorithm::ES256:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
            case jwt::Algorithm::ES384:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
            case jwt::Algorithm::ES512:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521");
            case jwt::Algorithm::EdDSA:
            case jwt::Algorithm::Ed25519:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
            case jwt::Algorithm::Ed448:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448");
            default:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
        }
    }

    const EVP_MD* digest() const {
        switch (jwt::hash_size(algorithm_)) {
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

    std::string sign_hmac(std::string_view input) const {
        std::array<unsigned char, EVP_MAX_MD_SIZE> tag{};
        unsigned int size = 0;
        require(HMAC(digest(), secret_.data(), static_cast<int>(secret_.size()), bytes(input), input.size(), tag.data(),
                     &size) != nullptr);
        return {reinterpret_cast<const char*>(tag.data()), size};
    }

    std::string from_der(std::string_view der) const {
        const unsigned char* position = bytes(der);
        const base::openssl::EcdsaSignature pair(d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
        require(pair != nullptr);
        return to_bytes(ECDSA_SIG_get0_r(pair.get()), coordinate_size()) +
               to_bytes(ECDSA_SIG_get0_s(pair.get()), coordinate_size());
    }

    std::string key_members() const {
        using base::base64url::encode;
        switch (jwt::family(algorithm_)) {
            case jwt::Family::hmac:
                return R"("kty":"oct","k":")" + encode(secret_) + "\"";
            case jwt::Family::rsa_pkcs1:
            case jwt::Family::rsa_pss:
                return R"("kty":"RSA","n":")" + encode(number("n")) + R"(","e":")" + encode(number("e")) + "\"";
            case jwt::Family::ecdsa:
                return R"("kty":"EC","crv":"P-)" + std::to_string(EVP_PKEY_get_bits(pkey_.get())) + R"(","x":")" +
                       encode(number("qx", coordinate_size())) + R"(","y":")" +
                       encode(number("qy", coordinate_size())) + "\"";
            case jwt::Family::eddsa:
                break;
        }
        std::string raw(57, '\0');
        std::size_t size = raw.size();
        require(EVP_PKEY_get_raw_public_key(pkey_.get(), bytes(raw), &size) == 1);
        raw.resize(size);
        return R"("kty":"OKP","crv":")" + std::string(size == 32 ? "Ed25519" : "Ed448") + R"(","x":")" + encode(raw) +
               "\"";
    }

    template <class Write>
    static std::string pem(Write write) {
        const base::openssl::Bio bio(BIO_new(BIO_s_mem()));
        require(write(bio.get()) == 1);
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }

    jwt::Algorithm algorithm_;
    std::string kid_;
    base::openssl::Pkey pkey_;
    std::string secret_;
};

// {"keys":[...]}
inline std::string jwks(std::initializer_list<std::string> keys) {
    std::string text;
    for (const std::string& key : keys)
        text.append(text.empty() ? "" : ",").append(key);
    return R"({"keys":[)" + text + "]}";
}

// Throws when the document gives no usable set.
inline jwt::JwkSet read_jwks(std::string_view document) {
    auto set = jwt::JwkSet::parse_jwks(document);
    if (!set) throw std::runtime_error("unusable key set: " + std::string(oauth::describe(set.error().reason).name));
    return *std::move(set);
}

inline jwt::JwkSet read_jwks(std::initializer_list<std::string> keys) {
    return read_jwks(jwks(keys));
}

}  // namespace support
