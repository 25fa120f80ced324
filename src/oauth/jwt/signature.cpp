// Jwk::verify: one signature over one signing input (RFC 7515 section 5.2 step 8).
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>

#include "oauth/jwt/jwk_set.h"

namespace oauth::jwt {
namespace {

using Result = std::expected<void, Error>;
using Bytes = std::span<const unsigned char>;

// The most common one of each kind of key first.
constexpr std::array public_algorithms{
    Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384,   Algorithm::PS512,
    Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA, Algorithm::Ed25519, Algorithm::Ed448,
};

Bytes bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

// Fetched once: looking a digest up by name costs as much as hashing a short token with it. A failure is not kept.
const EVP_MD* fetch_once(base::openssl::Digest& digest, const char* name) noexcept {
    if (!digest) digest.reset(EVP_MD_fetch(nullptr, name, nullptr));
    return digest.get();
}

const EVP_MD* digest_of(Algorithm algorithm) noexcept {
    thread_local base::openssl::Digest sha256;
    thread_local base::openssl::Digest sha384;
    thread_local base::openssl::Digest sha512;
    switch (hash_size(algorithm)) {
        case 32:
            return fetch_once(sha256, "SHA2-256");
        case 48:
            return fetch_once(sha384, "SHA2-384");
        case 64:
            return fetch_once(sha512, "SHA2-512");
        default:
            return nullptr;
    }
}

Result verify_hmac(Algorithm algorithm, std::string_view secret, Bytes input, Bytes signature) noexcept {
    std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
    unsigned int written = 0;
    if (HMAC(digest_of(algorithm), secret.data(), static_cast<int>(secret.size()), input.data(), input.size(),
             expected.data(), &written) == nullptr ||
        written != signature.size())
        return std::unexpected(Error::internal);
    if (CRYPTO_memcmp(expected.data(), signature.data(), signature.size()) != 0)
        return std::unexpected(Error::signature_invalid);
    return {};
}

bool start(EVP_MD_CTX* context, Algorithm algorithm, EVP_PKEY* pkey) noexcept {
    const EVP_MD* const digest = digest_of(algorithm);
    if (digest == nullptr && hash_size(algorithm) != 0) return false;  // OpenSSL would choose one of its own
    EVP_PKEY_CTX* settings = nullptr;                                  // belongs to `context`
    if (EVP_DigestVerifyInit(context, &settings, digest, nullptr, pkey) != 1) return false;
    if (family(algorithm) != Family::rsa_pss) return true;
    // RFC 7518 section 3.5: MGF1 with the same hash (OpenSSL's default), a salt as long as the hash.
    return EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// ECDSA signatures in JWS are r and s side by side (RFC 7518 section 3.4); OpenSSL reads a DER SEQUENCE of both.
class DerSignature {
public:
    explicit DerSignature(Bytes r_and_s) noexcept {
        const base::openssl::EcdsaSignature pair(ECDSA_SIG_new());
        base::openssl::Bignum r = to_bignum(r_and_s.first(r_and_s.size() / 2));
        base::openssl::Bignum s = to_bignum(r_and_s.last(r_and_s.size() / 2));
        if (!pair || !r || !s) return;
        ECDSA_SIG_set0(pair.get(), r.release(), s.release());  // takes both; refuses only null
        unsigned char* end = bytes_.data();
        size_ = std::max(0, i2d_ECDSA_SIG(pair.get(), &end));
    }
    Bytes bytes() const noexcept { return Bytes(bytes_).first(static_cast<std::size_t>(size_)); }

private:
    static base::openssl::Bignum to_bignum(Bytes bytes) noexcept {
        return base::openssl::Bignum(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    }

    // Two INTEGERs of 66 bytes (P-521), each with two bytes of tag and length and perhaps a zero in front; three bytes
    // of tag and length before them.
    std::array<unsigned char, 3 + 2 * (2 + 1 + 66)> bytes_;
    int size_ = 0;
};

}  // namespace

std::size_t Jwk::signature_size(Algorithm algorithm) const noexcept {
    if (is_symmetric()) return hash_size(algorithm);
    if (family(algorithm) == Family::ecdsa) return 2 * coordinate_size_;
    return static_cast<std::size_t>(EVP_PKEY_get_size(pkey_.get()));  // RSA: the modulus (RFC 8017 section 8.2.2)
}

void Jwk::prepare() noexcept {
    const auto fitting = std::ranges::find_if(public_algorithms, [this](Algorithm a) { return fits(a); });
    if (fitting == public_algorithms.end()) return;
    const base::openssl::ErrorQueueGuard clean_queue;
    base::openssl::DigestContext context(EVP_MD_CTX_new());
    if (!context || !start(context.get(), *fitting, pkey_.get())) return;  // verify() then meets the error and says so
    prepared_ = std::move(context);
    prepared_for_ = *fitting;
}

Result Jwk::verify_public(Algorithm algorithm, std::string_view signing_input, Bytes signature) const noexcept {
    const base::openssl::DigestContext context(EVP_MD_CTX_new());
    if (!context) return std::unexpected(Error::internal);
    const bool started = prepared_ && prepared_for_ == algorithm
                             ? EVP_MD_CTX_copy_ex(context.get(), prepared_.get()) == 1
                             : start(context.get(), algorithm, pkey_.get());
    if (!started) return std::unexpected(Error::internal);
    const Bytes input = bytes_of(signing_input);
    // Negative results are not told apart from 0: what OpenSSL cannot even decode depends on the token alone.
    if (EVP_DigestVerify(context.get(), signature.data(), signature.size(), input.data(), input.size()) != 1)
        return std::unexpected(Error::signature_invalid);
    return {};
}

Result Jwk::verify(Algorithm algorithm, std::string_view signing_input, Bytes signature) const noexcept {
    if (!fits(algorithm)) return std::unexpected(Error::algorithm_not_allowed);
    if (signature.size() != signature_size(algorithm)) return std::unexpected(Error::signature_malformed);
    const base::openssl::ErrorQueueGuard clean_queue;
    switch (family(algorithm)) {
        case Family::hmac:
            return verify_hmac(algorithm, secret_.reveal(), bytes_of(signing_input), signature);
        case Family::ecdsa: {
            const DerSignature der(signature);
            if (der.bytes().empty()) return std::unexpected(Error::internal);
            return verify_public(algorithm, signing_input, der.bytes());
        }
        case Family::rsa_pkcs1:
        case Family::rsa_pss:
        case Family::eddsa:
            return verify_public(algorithm, signing_input, signature);
    }
    return std::unexpected(Error::internal);
}

}  // namespace oauth::jwt
