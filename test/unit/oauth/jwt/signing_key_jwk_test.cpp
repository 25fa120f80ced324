#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <string>

#include "base/base64url.h"
#include "oauth/jwt/signing_key.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

std::string encoded_number(const EVP_PKEY* pkey, const char* name, int size = 0) {
    BIGNUM* raw = nullptr;
    support::require(EVP_PKEY_get_bn_param(pkey, name, &raw) == 1);
    const base::openssl::Bignum number(raw);
    std::string bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(number.get()) : size), '\0');
    BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return base::base64url::encode(bytes);
}

std::string member(std::string_view name, const std::string& value) {
    return ",\"" + std::string(name) + "\":\"" + value + '"';
}

std::string private_members(const SigningKey& key) {
    const auto pem = key.private_pem();
    const base::openssl::Bio bio(BIO_new_mem_buf(pem->reveal().data(), static_cast<int>(pem->reveal().size())));
    const base::openssl::Pkey pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    if (EVP_PKEY_is_a(pkey.get(), "EC") == 1)
        return member("d",
                      encoded_number(pkey.get(), OSSL_PKEY_PARAM_PRIV_KEY, (EVP_PKEY_get_bits(pkey.get()) + 7) / 8));
    if (EVP_PKEY_is_a(pkey.get(), "RSA") == 1)
        return member("d", encoded_number(pkey.get(), OSSL_PKEY_PARAM_RSA_D)) +
               member("p", encoded_number(pkey.get(), OSSL_PKEY_PARAM_RSA_FACTOR1)) +
               member("q", encoded_number(pkey.get(), OSSL_PKEY_PARAM_RSA_FACTOR2)) +
               member("dp", encoded_number(pkey.get(), OSSL_PKEY_PARAM_RSA_EXPONENT1)) +
               member("dq", encoded_number(pkey.get(), OSSL_PKEY_PARAM_RSA_EXPONENT2)) +
               member("qi", encoded_number(pkey.get(), OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
    std::string raw(64, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_private_key(pkey.get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
    return member("d", base::base64url::encode(raw.substr(0, size)));
}

// The public JWK of `of`, with the private members of `with`.
std::string jwk(const SigningKey& of, const SigningKey& with) {
    std::string text = of.public_jwk();
    text.pop_back();
    return text + private_members(with) + '}';
}

std::string without(std::string text, std::string_view name) {
    const std::size_t begin = text.find("\"" + std::string(name) + "\":");
    const std::size_t end = text.find('"', text.find('"', begin + name.size() + 3) + 1) + 1;
    text.erase(begin, end - begin + (text[end] == ',' ? 1 : 0));
    const std::size_t comma = text.find(",}");
    if (comma != std::string::npos) text.erase(comma, 1);
    return text;
}

std::string_view error(const std::string& text, std::optional<Algorithm> algorithm = std::nullopt) {
    const auto key = SigningKey::from_jwk(text, algorithm);
    return key ? "ok" : describe(key.error()).name;
}

class EveryPrivateJwk : public testing::TestWithParam<Algorithm> {};
INSTANTIATE_TEST_SUITE_P(SigningKeyJwk, EveryPrivateJwk,
                         testing::Values(Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384,
                                         Algorithm::ES512, Algorithm::EdDSA, Algorithm::Ed448));

TEST_P(EveryPrivateJwk, IsTheKeyThatItSays) {
    const auto key = SigningKey::generate(GetParam());
    const auto read = SigningKey::from_jwk(jwk(*key, *key), std::nullopt);
    ASSERT_TRUE(read) << describe(read.error()).name;
    EXPECT_EQ(read->public_jwk(), key->public_jwk());
    EXPECT_EQ(read->algorithm(), GetParam());
    EXPECT_TRUE(read->has_own_kid());
    EXPECT_TRUE(read->sign("{}", "JWT"));
}

TEST_P(EveryPrivateJwk, MustBelongToItsPublicHalf) {
    const auto key = SigningKey::generate(GetParam());
    const auto other = SigningKey::generate(GetParam());
    EXPECT_EQ(error(jwk(*key, *other)), "key_member_invalid");
}

TEST(SigningKeyJwkTest, WithoutAlgTheTypeDecides) {
    const auto rsa = SigningKey::generate(Algorithm::RS256);
    const std::string text = without(jwk(*rsa, *rsa), "alg");
    EXPECT_EQ(SigningKey::from_jwk(text, std::nullopt)->algorithm(), Algorithm::RS256);
    EXPECT_EQ(SigningKey::from_jwk(text, Algorithm::PS256)->algorithm(), Algorithm::PS256);
    EXPECT_EQ(error(text, Algorithm::ES256), "key_algorithm_mismatch");
    EXPECT_EQ(error(jwk(*rsa, *rsa), Algorithm::PS256), "key_algorithm_mismatch");
}

TEST(SigningKeyJwkTest, WithoutKidItHasNone) {
    const auto key = SigningKey::generate(Algorithm::ES256);
    EXPECT_FALSE(SigningKey::from_jwk(without(jwk(*key, *key), "kid"), std::nullopt)->has_own_kid());
}

TEST(SigningKeyJwkTest, AKeyForSomethingElseIsRefused) {
    const auto key = SigningKey::generate(Algorithm::ES256);
    const std::string text = without(jwk(*key, *key), "use");
    const auto with = [&](std::string_view more) { return text.substr(0, text.size() - 1) + std::string(more) + '}'; };
    EXPECT_EQ(error(with(R"(,"use":"enc")")), "key_use_not_signature");
    EXPECT_EQ(error(with(R"(,"key_ops":["verify"])")), "key_use_not_signature");
    EXPECT_EQ(error(with(R"(,"key_ops":["sign"],"use":null)")), "ok");
}

TEST(SigningKeyJwkTest, WhatIsNoPrivateKeyIsRefused) {
    const auto key = SigningKey::generate(Algorithm::ES256);
    const auto rsa = SigningKey::generate(Algorithm::RS256);
    EXPECT_EQ(error(key->public_jwk()), "key_member_invalid");
    EXPECT_EQ(error(rsa->public_jwk()), "key_member_invalid");
    for (const char* name : {"p", "q", "dp", "dq", "qi", "n", "e"})
        EXPECT_EQ(error(without(jwk(*rsa, *rsa), name)), "key_member_invalid") << name;
    EXPECT_EQ(error(without(jwk(*key, *key), "x")), "key_member_invalid");
    EXPECT_EQ(error(R"({"kty":"oct","k":"c2VjcmV0"})"), "key_type_unsupported");
    EXPECT_EQ(error(R"({"kty":"EC","crv":"secp256k1","d":"AQ"})"), "key_curve_unsupported");
    EXPECT_EQ(error(R"({"kty":"OKP","crv":"X25519","d":"AQ"})"), "key_curve_unsupported");
    EXPECT_EQ(error("{}"), "key_type_unsupported");
    EXPECT_EQ(error(R"({"keys":[]})"), "key_type_unsupported");
    EXPECT_EQ(error("[]"), "key_not_object");
    EXPECT_EQ(error("{"), "document_not_json");
}

}  // namespace
}  // namespace oauth::jwt
