// Jwk::verify, for every algorithm. Negative tests first.
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>

#include "support/outcome.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

using support::outcome;
using support::TokenMinter;

std::span<const unsigned char> bytes(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

std::string_view verify(const JwkSet& set, Algorithm algorithm, std::string_view input, std::string_view signature) {
    return outcome(set.keys().front().verify(algorithm, input, bytes(signature)));
}

constexpr std::string_view input = "eyJhbGciOiJ4In0.eyJzdWIiOiJhIn0";

class EverySignature : public testing::TestWithParam<Algorithm> {
protected:
    Algorithm algorithm = GetParam();
    TokenMinter minter{algorithm};
    JwkSet set = support::read_jwks({minter.jwk()});
    std::string signature = minter.sign(input);
};

TEST_P(EverySignature, WithAnyBitFlippedIsRefused) {
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        std::string flipped = signature;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        ASSERT_EQ(verify(set, algorithm, input, flipped), "signature_invalid") << "bit " << bit;
    }
}

TEST_P(EverySignature, OfAnotherLengthIsMalformed) {
    for (std::size_t size = 0; size < signature.size(); ++size)
        ASSERT_EQ(verify(set, algorithm, input, signature.substr(0, size)), "signature_malformed") << size;
    EXPECT_EQ(verify(set, algorithm, input, signature + std::string(1, '\0')), "signature_malformed");
    EXPECT_EQ(verify(set, algorithm, input, std::string(1, '\0') + signature), "signature_malformed");
    EXPECT_EQ(verify(set, algorithm, input, signature + signature), "signature_malformed");
}

TEST_P(EverySignature, OfAnotherInputIsRefused) {
    std::string other(input);
    for (char& c : other) {
        c = static_cast<char>(c ^ 1);
        ASSERT_EQ(verify(set, algorithm, other, signature), "signature_invalid");
        c = static_cast<char>(c ^ 1);
    }
    EXPECT_EQ(verify(set, algorithm, "", signature), "signature_invalid");
    EXPECT_EQ(verify(set, algorithm, other + "A", signature), "signature_invalid");
}

TEST_P(EverySignature, OfAnotherKeyIsRefused) {
    const TokenMinter stranger(algorithm);
    EXPECT_EQ(verify(set, algorithm, input, stranger.sign(input)), "signature_invalid");
}

TEST_P(EverySignature, OfNothingButZerosIsRefused) {
    EXPECT_EQ(verify(set, algorithm, input, std::string(signature.size(), '\0')), "signature_invalid");
    EXPECT_EQ(verify(set, algorithm, input, std::string(signature.size(), '\xFF')), "signature_invalid");
}

// SPEC 70: the key says which algorithms it verifies.
TEST_P(EverySignature, UnderAnAlgorithmThatTheKeyDoesNotHaveIsRefused) {
    for (unsigned i = 0; i <= static_cast<unsigned>(Algorithm::Ed448); ++i) {
        const auto other = static_cast<Algorithm>(i);
        if (set.keys().front().fits(other)) continue;
        EXPECT_EQ(verify(set, other, input, signature), "algorithm_not_allowed") << name(other);
    }
}

TEST_P(EverySignature, LeavesOpensslErrorQueueEmpty) {
    std::string broken = signature;
    broken.front() = static_cast<char>(broken.front() ^ 1);
    verify(set, algorithm, input, broken);
    verify(set, algorithm, input, signature);
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST_P(EverySignature, OfThisInputAndKeyVerifiesAgainAndAgain) {
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(verify(set, algorithm, input, signature), "ok");
    EXPECT_EQ(verify(set, algorithm, "", minter.sign("")), "ok");
}

INSTANTIATE_TEST_SUITE_P(Jwk, EverySignature,
                         testing::Values(Algorithm::HS256, Algorithm::HS384, Algorithm::HS512, Algorithm::RS256,
                                         Algorithm::RS384, Algorithm::RS512, Algorithm::PS256, Algorithm::PS384,
                                         Algorithm::PS512, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512,
                                         Algorithm::EdDSA, Algorithm::Ed25519, Algorithm::Ed448),
                         [](const auto& test) { return std::string(name(test.param)); });

// RFC 7518 section 3.4
class EcdsaSignature : public testing::TestWithParam<Algorithm> {};

TEST_P(EcdsaSignature, InDerIsRefused) {
    const TokenMinter minter(GetParam());
    const JwkSet set = support::read_jwks({minter.jwk()});
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(verify(set, GetParam(), input, minter.sign_with_openssl(input)), "signature_malformed");
}

TEST_P(EcdsaSignature, WithNumbersOutOfRangeIsRefused) {
    const TokenMinter minter(GetParam());
    const JwkSet set = support::read_jwks({minter.jwk()});
    const std::size_t size = minter.coordinate_size();
    const std::string signature = minter.sign(input);
    const std::string zero(size, '\0');
    const std::string order = minter.number(OSSL_PKEY_PARAM_EC_ORDER, size);
    for (const std::string& bad : {zero, order, std::string(size, '\xFF')}) {
        EXPECT_EQ(verify(set, GetParam(), input, bad + signature.substr(size)), "signature_invalid");
        EXPECT_EQ(verify(set, GetParam(), input, signature.substr(0, size) + bad), "signature_invalid");
        EXPECT_EQ(verify(set, GetParam(), input, bad + bad), "signature_invalid");
    }
}

// r or s starts with zero bytes once in about 100 signatures: they stay in the JWS form and vanish in DER.
TEST_P(EcdsaSignature, WithLeadingZerosVerifies) {
    const TokenMinter minter(GetParam());
    const JwkSet set = support::read_jwks({minter.jwk()});
    const bool is_p521 = GetParam() == Algorithm::ES512;  // its top byte is 0 or 1 anyway
    bool seen = false;
    for (int i = 0; i < 5000 && !seen; ++i) {
        const std::string signature = minter.sign(input);
        seen = signature[0] == '\0' && (!is_p521 || signature[1] == '\0');
        if (seen) {
            EXPECT_EQ(verify(set, GetParam(), input, signature), "ok");
        }
    }
    EXPECT_TRUE(seen);
}

INSTANTIATE_TEST_SUITE_P(Jwk, EcdsaSignature, testing::Values(Algorithm::ES256, Algorithm::ES384, Algorithm::ES512),
                         [](const auto& test) { return std::string(name(test.param)); });

std::string sign_pss(EVP_PKEY* pkey, const EVP_MD* mgf1_digest, int salt_length) {
    const base::openssl::DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;
    support::require(EVP_DigestSignInit(context.get(), &settings, EVP_sha256(), nullptr, pkey) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, salt_length) == 1 &&
                     EVP_PKEY_CTX_set_rsa_mgf1_md(settings, mgf1_digest) == 1);
    std::string signature(256, '\0');
    std::size_t size = signature.size();
    support::require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                    bytes(input).data(), input.size()) == 1);
    return signature;
}

// RFC 7518 section 3.5
TEST(PssSignature, NeedsASaltAsLongAsTheHash) {
    const TokenMinter minter(Algorithm::PS256);
    const JwkSet set = support::read_jwks({minter.jwk()});
    EXPECT_EQ(verify(set, Algorithm::PS256, input, sign_pss(minter.pkey(), EVP_sha256(), 0)), "signature_invalid");
    EXPECT_EQ(verify(set, Algorithm::PS256, input, sign_pss(minter.pkey(), EVP_sha256(), 31)), "signature_invalid");
    EXPECT_EQ(verify(set, Algorithm::PS256, input, sign_pss(minter.pkey(), EVP_sha256(), 33)), "signature_invalid");
    EXPECT_EQ(verify(set, Algorithm::PS256, input, sign_pss(minter.pkey(), EVP_sha256(), 32)), "ok");
}

TEST(PssSignature, NeedsMgf1WithTheSameHash) {
    const TokenMinter minter(Algorithm::PS256);
    const JwkSet set = support::read_jwks({minter.jwk()});
    EXPECT_EQ(verify(set, Algorithm::PS256, input, sign_pss(minter.pkey(), EVP_sha1(), 32)), "signature_invalid");
}

TEST(RsaSignature, OfOnePaddingDoesNotVerifyAsTheOther) {
    const TokenMinter pkcs1(Algorithm::RS256);
    const JwkSet set = support::read_jwks({pkcs1.jwk()});
    EXPECT_EQ(verify(set, Algorithm::PS256, input, pkcs1.sign(input)), "signature_invalid");
    EXPECT_EQ(verify(set, Algorithm::RS256, input, sign_pss(pkcs1.pkey(), EVP_sha256(), 32)), "signature_invalid");
}

TEST(RsaSignature, OfOneHashDoesNotVerifyAsAnother) {
    const TokenMinter minter(Algorithm::RS256);
    const JwkSet set = support::read_jwks({minter.jwk()});
    EXPECT_EQ(verify(set, Algorithm::RS384, input, minter.sign(input)), "signature_invalid");
    EXPECT_EQ(verify(set, Algorithm::RS512, input, minter.sign(input)), "signature_invalid");
}

// RFC 8017 section 8.2.2: the signature s and s + n are the same number modulo n.
TEST(RsaSignature, NotBelowTheModulusIsRefused) {
    const TokenMinter minter(Algorithm::RS256);
    const JwkSet set = support::read_jwks({minter.jwk()});
    EXPECT_EQ(verify(set, Algorithm::RS256, input, minter.number("n")), "signature_invalid");
}

}  // namespace
}  // namespace oauth::jwt
