#include "base/hmac.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

// RFC 4231, test cases 2 and 6.
TEST(Hmac, GivesTheVectorsOfRfc4231) {
    EXPECT_EQ(hex_beginning(must_hmac_sha256_of("Jefe", "what do ya want for nothing?"), 64),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex_beginning(must_hmac_sha256_of(std::string(131, '\xaa'),
                                                "Test Using Larger Than Block-Size Key - Hash Key First"),
                            64),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, NoKeyIsNotTheKeyOfBefore) {
    const Sha256 none = must_hmac_sha256_of({}, "text");
    must_hmac_sha256_of("Jefe", "text");
    EXPECT_EQ(must_hmac_sha256_of({}, "text"), none);
}

// FIPS 180-4's example.
TEST(Hmac, APlainDigestIsOfTheTextAlone) {
    EXPECT_EQ(hex_beginning(must_plain_sha256_of("abc"), 16), "ba7816bf8f01cfea");
    EXPECT_EQ(hex_beginning(must_plain_sha256_of(""), 8), "e3b0c442");
    EXPECT_NE(must_plain_sha256_of("abc"), must_sha256_of({"abc"}));
}

TEST(Hmac, HasNoMoreDigitsThanThereAre) {
    EXPECT_EQ(hex_beginning(must_plain_sha256_of("abc"), 1000).size(), 64U);
    EXPECT_EQ(hex_beginning(must_plain_sha256_of("abc"), 3), "ba7");
}

}  // namespace
}  // namespace base
