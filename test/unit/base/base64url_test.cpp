#include "base/base64url.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace base::base64url {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What OpenSSL makes of the same bytes, in the other alphabet and with padding.
std::string encode_with_openssl(std::string_view bytes) {
    std::vector<unsigned char> padded(bytes.size() / 3 * 4 + 5);
    const int size = EVP_EncodeBlock(padded.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    std::string text(padded.begin(), padded.begin() + size);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random() & 0xFFU);
    return bytes;
}

TEST(Base64Url, EncodesTheExampleOfRfc7515AppendixC) {
    EXPECT_EQ(encode("\x03\xEC\xFF\xE0\xC1"), "A-z_4ME");
    EXPECT_EQ(decode("A-z_4ME"), "\x03\xEC\xFF\xE0\xC1");
}

TEST(Base64Url, NoBytesAreNoCharacters) {
    EXPECT_EQ(encode(""), "");
    EXPECT_EQ(decode(""), "");
}

TEST(Base64Url, EveryByteAndEveryPairAgreesWithOpenSslAndComesBack) {
    for (int first = 0; first < 256; ++first) {
        const std::string one(1, static_cast<char>(first));
        ASSERT_EQ(encode(one), encode_with_openssl(one));
        ASSERT_EQ(decode(encode(one)), one);
        for (int second = 0; second < 256; ++second) {
            const std::string two = one + static_cast<char>(second);
            ASSERT_EQ(encode(two), encode_with_openssl(two));
            ASSERT_EQ(decode(encode(two)), two);
        }
    }
}

TEST(Base64Url, RandomBytesOfEveryLengthAgreeWithOpenSslAndComeBack) {
    std::mt19937 random(20240607);
    for (std::size_t size = 0; size < 300; ++size) {
        const std::string bytes = random_bytes(random, size);
        ASSERT_EQ(encode(bytes), encode_with_openssl(bytes));
        ASSERT_EQ(decode(encode(bytes)), bytes);
        ASSERT_EQ(decoded_size(encode(bytes).size()), size);
    }
}

// RFC 4648 section 3.5: among the texts of two or three characters only one spells each value.
TEST(Base64Url, EveryTextOfTwoOrThreeCharactersIsCanonicalOrRefused) {
    std::set<std::string> one_byte;
    std::size_t two_bytes = 0;
    for (const char a : alphabet) {
        for (const char b : alphabet) {
            const std::string text{a, b};
            if (const auto bytes = decode(text)) {
                ASSERT_EQ(encode(*bytes), text);
                one_byte.insert(*bytes);
            }
            for (const char c : alphabet) {
                const auto bytes = decode(text + c);
                if (!bytes) continue;
                ASSERT_EQ(encode(*bytes), text + c);
                ++two_bytes;
            }
        }
    }
    EXPECT_EQ(one_byte.size(), 256U);
    EXPECT_EQ(two_bytes, 256U * 256U);
}

TEST(Base64Url, EveryOtherCharacterIsRefusedAtEveryPosition) {
    for (const std::size_t size : {2U, 3U, 4U, 6U, 7U, 8U, 14U, 64U}) {
        ASSERT_NE(decode(std::string(size, 'A')), std::nullopt);
        for (std::size_t position = 0; position < size; ++position) {
            for (int c = 0; c < 256; ++c) {
                if (alphabet.find(static_cast<char>(c)) != alphabet.npos) continue;
                std::string text(size, 'A');
                text[position] = static_cast<char>(c);
                ASSERT_EQ(decode(text), std::nullopt) << "character " << c << " at " << position << " of " << size;
            }
        }
    }
}

TEST(Base64Url, PaddingIsRefused) {
    for (const char* text : {"QQ==", "QUI=", "QQ=", "=", "====", "QUJD="})
        EXPECT_EQ(decode(text), std::nullopt) << text;
}

TEST(Base64Url, WhiteSpaceIsRefused) {
    for (const char* text : {" QUJD", "QUJD ", "QU JD", "QUJD\n", "QUJD\r\n", "\tQUJD", "Q\nUJD"})
        EXPECT_EQ(decode(text), std::nullopt) << text;
}

TEST(Base64Url, TheOtherAlphabetIsRefused) {
    EXPECT_EQ(decode("A+z/"), std::nullopt);
    EXPECT_NE(decode("A-z_"), std::nullopt);
}

TEST(Base64Url, ALengthOfOneMoreThanAMultipleOfFourIsRefused) {
    for (std::size_t size = 1; size < 100; size += 4) {
        EXPECT_EQ(decode(std::string(size, 'A')), std::nullopt) << size;
        EXPECT_EQ(decoded_size(size), std::nullopt) << size;
    }
}

TEST(Base64Url, NothingIsWrittenBeyondTheDecodedSize) {
    std::mt19937 random(7);
    for (std::size_t size = 0; size < 20; ++size) {
        const std::string encoded = encode(random_bytes(random, size));
        std::array<unsigned char, 24> buffer{};
        buffer.fill(0x5A);
        ASSERT_EQ(decode(encoded, buffer), size);
        EXPECT_TRUE(std::all_of(buffer.begin() + static_cast<std::ptrdiff_t>(size), buffer.end(),
                                [](unsigned char byte) { return byte == 0x5A; }));
    }
}

TEST(Base64Url, ABufferThatIsTooSmallIsRefusedUntouched) {
    std::array<unsigned char, 4> buffer{1, 2, 3, 4};
    EXPECT_EQ(decode("QUJD", std::span(buffer).first(2)), std::nullopt);
    EXPECT_EQ(buffer, (std::array<unsigned char, 4>{1, 2, 3, 4}));
    EXPECT_EQ(decode("QUJD", std::span(buffer).first(3)), 3U);
}

TEST(Base64Url, TheBoundHoldsForEverySize) {
    for (std::size_t size = 0; size < 1000; ++size)
        EXPECT_LE(decoded_size(size).value_or(0), decoded_bound(size));
}

}  // namespace
}  // namespace base::base64url
