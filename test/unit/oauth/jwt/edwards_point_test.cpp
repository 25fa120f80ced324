// SPEC 72
#include "oauth/jwt/edwards_point.h"

#include <gtest/gtest.h>

#include <string>

#include "support/token_minter.h"

namespace oauth::jwt {
namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return bytes;
}

std::string little_endian(std::size_t size, unsigned char lowest) {
    std::string bytes(size, '\0');
    bytes.front() = static_cast<char>(lowest);
    return bytes;
}

std::string raw_public_key(Algorithm algorithm) {
    const support::TokenMinter minter(algorithm);
    std::size_t size = 57;
    std::string raw(size, '\0');
    EVP_PKEY_get_raw_public_key(minter.pkey(), reinterpret_cast<unsigned char*>(raw.data()), &size);
    raw.resize(size);
    return raw;
}

// The multiples of a point of order 8 (RFC 8032 section 5.1 gives the curve).
TEST(EdwardsPoint, Ed25519PointsOfSmallOrderAreRefused) {
    for (std::string_view hex : {"0100000000000000000000000000000000000000000000000000000000000000",
                                 "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                 "0000000000000000000000000000000000000000000000000000000000000000",
                                 "0000000000000000000000000000000000000000000000000000000000000080",
                                 "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                 "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                                 "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                 "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"})
        EXPECT_FALSE(is_usable_point(EdwardsCurve::ed25519, from_hex(hex))) << hex;
}

TEST(EdwardsPoint, Ed448PointsOfSmallOrderAreRefused) {
    // y = 1 (order 1), y = 0 (order 4, both signs of x), y = p - 1 (order 2).
    std::string zero_negative = little_endian(57, 0);
    zero_negative.back() = '\x80';
    std::string minus_one(57, '\xFF');
    minus_one[0] = '\xFE';
    minus_one[28] = '\xFE';
    minus_one[56] = '\0';
    for (const std::string& point : {little_endian(57, 1), little_endian(57, 0), zero_negative, minus_one})
        EXPECT_FALSE(is_usable_point(EdwardsCurve::ed448, point));
}

TEST(EdwardsPoint, AYThatNoPointOfTheCurveHasIsRefused) {
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed25519, little_endian(32, 2)));
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed448, little_endian(57, 2)));
}

// Both curves have a point with y = 3, and Ed25519 one with y = 9: p + 9 fits into 255 bits, p + 3 into 448.
TEST(EdwardsPoint, AYThatIsNotReducedModuloPIsRefused) {
    std::string p_plus_9(32, '\xFF');
    p_plus_9.front() = '\xF6';
    p_plus_9.back() = '\x7F';
    EXPECT_TRUE(is_usable_point(EdwardsCurve::ed25519, little_endian(32, 9)));
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed25519, p_plus_9));

    const std::string p_plus_3 = little_endian(28, 2) + std::string(28, '\xFF') + std::string(1, '\0');
    EXPECT_TRUE(is_usable_point(EdwardsCurve::ed448, little_endian(57, 3)));
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed448, p_plus_3));
}

TEST(EdwardsPoint, AnotherLengthIsRefused) {
    const std::string key = raw_public_key(Algorithm::Ed25519);
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed25519, ""));
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed25519, key.substr(1)));
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed25519, key + std::string(1, '\0')));
    EXPECT_FALSE(is_usable_point(EdwardsCurve::ed448, key));
}

TEST(EdwardsPoint, GeneratedKeysAreAccepted) {
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(is_usable_point(EdwardsCurve::ed25519, raw_public_key(Algorithm::Ed25519)));
        EXPECT_TRUE(is_usable_point(EdwardsCurve::ed448, raw_public_key(Algorithm::Ed448)));
    }
}

}  // namespace
}  // namespace oauth::jwt
