// keyval documents: {"kid":"PEM public key"}.
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <string>

#include "oauth/jwt/jwk_set.h"
#include "support/outcome.h"
#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

using support::TokenMinter;

std::string json_string(std::string_view text) {
    std::string escaped = "\"";
    for (char c : text) {
        if (c == '\n')
            escaped += "\\n";
        else if (c == '\r')
            escaped += "\\r";
        else
            escaped += c;
    }
    return escaped + "\"";
}

std::string keyval(std::string_view kid, std::string_view pem) {
    return "{" + json_string(kid) + ":" + json_string(pem) + "}";
}

std::string reason(std::string_view pem) {
    const auto set = JwkSet::parse_keyval(keyval("a", pem));
    if (set) return "usable";
    if (set.error().skipped.size() != 1) return "set: " + std::string(describe(set.error().reason).name);
    return std::string(describe(set.error().skipped[0].reason).name);
}

std::string error_of(std::string_view document) {
    const auto set = JwkSet::parse_keyval(document);
    return set ? "ok" : std::string(describe(set.error().reason).name);
}

std::string public_pem_of(EVP_PKEY* pkey) {
    const base::openssl::Pkey owned(pkey);
    const base::openssl::Bio bio(BIO_new(BIO_s_mem()));
    support::require(PEM_write_bio_PUBKEY(bio.get(), pkey) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string traditional_rsa_pem(EVP_PKEY* pkey) {
    const base::openssl::Bio bio(BIO_new(BIO_s_mem()));
    support::require(PEM_write_bio_PrivateKey_traditional(bio.get(), pkey, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

TEST(KeyvalDocument, ThatIsNotAJsonObjectIsRefused) {
    EXPECT_EQ(error_of("nonsense"), "document_not_json");
    EXPECT_EQ(error_of("[]"), "key_set_not_object");
    EXPECT_EQ(error_of("{}"), "key_set_unusable");
    EXPECT_EQ(error_of(R"({"a":"x","a":"y"})"), "document_duplicate_member");
    EXPECT_EQ(error_of(R"({"a":1e400,"b":"x","b":"y"})"), "document_duplicate_member");
}

TEST(KeyvalDocument, WithTooManyKeysIsRefused) {
    std::string members;
    for (std::size_t i = 0; i <= JwkSet::max_keys; ++i)
        members += (i == 0 ? "\"" : ",\"") + std::to_string(i) + R"(":"x")";
    EXPECT_EQ(error_of("{" + members + "}"), "document_too_large");
}

TEST(KeyvalDocument, ThatIsAJwkSetIsUnusable) {
    EXPECT_EQ(error_of(support::jwks({TokenMinter(Algorithm::ES256).jwk()})), "key_set_unusable");
}

TEST(Pem, ThatIsNoPublicKeyIsLeftOut) {
    EXPECT_EQ(reason(""), "key_pem_invalid");
    EXPECT_EQ(reason("secret"), "key_pem_invalid");
    EXPECT_EQ(reason("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"), "key_pem_invalid");
    EXPECT_EQ(reason("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), "key_pem_invalid");
    EXPECT_EQ(reason("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----"), "key_pem_invalid");
    EXPECT_EQ(error_of(R"({"a":1})"), "key_set_unusable");
}

TEST(Pem, OfAPrivateKeyIsLeftOut) {
    const TokenMinter minter(Algorithm::RS256);
    EXPECT_EQ(reason(minter.private_pem()), "key_pem_invalid");
    EXPECT_EQ(reason(traditional_rsa_pem(minter.pkey())), "key_pem_invalid");
    EXPECT_EQ(reason(minter.private_pem() + minter.public_pem()), "key_pem_invalid");
}

TEST(Pem, WithAnotherLabelIsLeftOut) {
    const std::string pem = TokenMinter(Algorithm::ES256).public_pem();
    for (std::string_view label :
         {"CERTIFICATE", "RSA PUBLIC KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PUBLIC KEYS"}) {
        std::string other = pem;
        for (std::size_t at = 0; (at = other.find("PUBLIC KEY", at)) != other.npos; at += label.size())
            other.replace(at, 10, label);
        EXPECT_EQ(reason(other), "key_pem_invalid") << label;
    }
}

TEST(Pem, WithAnythingBesideTheKeyIsLeftOut) {
    const std::string pem = TokenMinter(Algorithm::ES256).public_pem();
    EXPECT_EQ(reason(pem + "x"), "key_pem_invalid");
    EXPECT_EQ(reason("x" + pem), "key_pem_invalid");
    EXPECT_EQ(reason("a comment\n" + pem), "key_pem_invalid");
    EXPECT_EQ(reason(pem + pem), "key_pem_invalid");
    EXPECT_EQ(reason(pem + "a comment\n"), "key_pem_invalid");
    EXPECT_EQ(reason(pem.substr(0, pem.size() - 2)), "key_pem_invalid");
    EXPECT_EQ(reason("\r\n " + pem + " \n\n"), "usable");
}

TEST(Pem, WithBytesAfterTheDerStructureIsLeftOut) {
    const TokenMinter minter(Algorithm::ES256);
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(minter.pkey(), &der);
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    const auto to_pem = [](const std::string& content) {
        const base::openssl::Bio bio(BIO_new(BIO_s_mem()));
        PEM_write_bio(bio.get(), "PUBLIC KEY", "", reinterpret_cast<const unsigned char*>(content.data()),
                      static_cast<long>(content.size()));
        char* data = nullptr;
        const long length = BIO_get_mem_data(bio.get(), &data);
        return std::string(data, static_cast<std::size_t>(length));
    };
    EXPECT_EQ(reason(to_pem(bytes)), "usable");
    EXPECT_EQ(reason(to_pem(bytes + "x")), "key_pem_invalid");
    EXPECT_EQ(reason(to_pem(bytes.substr(0, bytes.size() - 1))), "key_pem_invalid");
}

// An encrypted block must not make OpenSSL ask for a passphrase on the terminal.
TEST(Pem, WithEncryptionHeadersIsLeftOut) {
    std::string pem = TokenMinter(Algorithm::ES256).public_pem();
    pem.insert(pem.find('\n') + 1,
               "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00000000000000000000000000000000\n\n");
    EXPECT_EQ(reason(pem), "key_pem_invalid");
}

// SPEC 72: the checks of JWKs hold for PEM keys as well.
TEST(Pem, OfAWeakKeyIsLeftOut) {
    EXPECT_EQ(reason(public_pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}))), "key_too_weak");
    EXPECT_EQ(reason(public_pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"))), "key_curve_unsupported");
    EXPECT_EQ(reason(public_pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-224"))), "key_curve_unsupported");
    EXPECT_EQ(reason(public_pem_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"))), "key_type_unsupported");
    const std::array<unsigned char, 32> zero{};
    EXPECT_EQ(
        reason(public_pem_of(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, zero.data(), zero.size()))),
        "key_point_invalid");
}

class EveryPemKey : public testing::TestWithParam<Algorithm> {};

TEST_P(EveryPemKey, VerifiesUnderItsKid) {
    const TokenMinter minter(GetParam(), "a");
    const auto set = JwkSet::parse_keyval(keyval("a", minter.public_pem()));
    ASSERT_TRUE(set);
    ASSERT_EQ(set->keys().size(), 1U);
    const Jwk& key = set->keys()[0];
    EXPECT_EQ(key.kid(), "a");
    EXPECT_FALSE(key.is_symmetric());
    EXPECT_TRUE(set->lists_public_keys());
    const std::string signature = minter.sign("input");
    const std::span bytes(reinterpret_cast<const unsigned char*>(signature.data()), signature.size());
    EXPECT_EQ(support::outcome(key.verify(GetParam(), "input", bytes)), "ok");
    EXPECT_EQ(support::outcome(key.verify(GetParam(), "other", bytes)), "signature_invalid");
    EXPECT_EQ(support::outcome(key.verify(Algorithm::HS256, "input", bytes)), "algorithm_not_allowed");
}

INSTANTIATE_TEST_SUITE_P(Keyval, EveryPemKey,
                         testing::Values(Algorithm::RS256, Algorithm::PS512, Algorithm::ES256, Algorithm::ES384,
                                         Algorithm::ES512, Algorithm::Ed25519, Algorithm::Ed448),
                         [](const auto& test) { return std::string(name(test.param)); });

// The coordinates of such a point start with a zero byte, which SubjectPublicKeyInfo keeps and a number does not.
TEST(Pem, OfAPointWithALeadingZeroIsUsable) {
    for (int i = 0; i < 5000; ++i) {
        const TokenMinter minter(Algorithm::ES256);
        if (minter.number("qx").size() == 32 && minter.number("qy").size() == 32) continue;
        EXPECT_EQ(reason(minter.public_pem()), "usable");
        return;
    }
    FAIL() << "no such key was generated";
}

TEST(Keyval, LeavesOpensslErrorQueueEmpty) {
    reason("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(Keyval, KeepsGoodKeysBesideBadOnes) {
    const TokenMinter minter(Algorithm::ES256);
    const auto set =
        JwkSet::parse_keyval(R"({"bad":"x","good":)" + json_string(minter.public_pem()) + R"(,"worse":null})");
    ASSERT_TRUE(set);
    EXPECT_EQ(set->keys().size(), 1U);
    EXPECT_EQ(set->keys()[0].kid(), "good");
    ASSERT_EQ(set->skipped().size(), 2U);
    EXPECT_EQ(set->skipped()[0].kid, "bad");
    EXPECT_EQ(set->skipped()[0].reason, Error::key_pem_invalid);
    EXPECT_EQ(set->skipped()[1].index, 2U);
    EXPECT_EQ(set->skipped()[1].reason, Error::key_member_invalid);
}

TEST(KeyvalIdentity, DiffersFromThatOfAJwkSetOfTheSameText) {
    const TokenMinter minter(Algorithm::ES256);
    const std::string document = R"({"keys":[)" + minter.jwk() + R"(],"a":)" + json_string(minter.public_pem()) + "}";
    const auto as_jwks = JwkSet::parse_jwks(document);
    const auto as_keyval = JwkSet::parse_keyval(document);
    ASSERT_TRUE(as_jwks && as_keyval);
    EXPECT_NE(as_jwks->identity(), as_keyval->identity());
}

}  // namespace
}  // namespace oauth::jwt
