#include "base/sha256.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <array>
#include <set>
#include <string>
#include <thread>

namespace base {
namespace {

std::string hex(const std::optional<base::Sha256>& digest) {
    if (!digest) return "none";
    std::string text;
    for (const unsigned char byte : *digest) {
        text += "0123456789abcdef"[byte >> 4U];
        text += "0123456789abcdef"[byte & 0x0FU];
    }
    return text;
}

// Expected values computed with `printf '\0\0\0\0\0\0\0\003abc' | sha256sum` and the like.
TEST(Sha256, NoPartsAreTheDigestOfNothing) {
    EXPECT_EQ(hex(base::sha256_of({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, EachPartIsPrecededByItsLengthInEightBytes) {
    EXPECT_EQ(hex(base::sha256_of({"abc"})), "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f");
    EXPECT_EQ(hex(base::sha256_of({"abc", ""})), "f5a934b5ab96157b46905e4dec48ff8175fe8926c36ec293b98c8fbd0886171b");
}

TEST(Sha256, TheSameBytesInOtherPartsHaveAnotherDigest) {
    std::set<std::string> digests;
    digests.insert(hex(base::sha256_of({"ab", "c"})));
    digests.insert(hex(base::sha256_of({"a", "bc"})));
    digests.insert(hex(base::sha256_of({"abc"})));
    digests.insert(hex(base::sha256_of({"abc", ""})));
    digests.insert(hex(base::sha256_of({"", "abc"})));
    digests.insert(hex(base::sha256_of({"a", "b", "c"})));
    EXPECT_EQ(digests.size(), 6U);
}

TEST(Sha256, ADigestDoesNotDependOnTheOnesBefore) {
    const auto first = base::sha256_of({"token", "audience"});
    ASSERT_TRUE(base::sha256_of({std::string(100000, 'x')}));
    EXPECT_EQ(base::sha256_of({"token", "audience"}), first);
}

TEST(Sha256, EveryThreadComputesTheSame) {
    const auto here = base::sha256_of({"token"});
    std::optional<base::Sha256> there;
    std::thread([&] { there = base::sha256_of({"token"}); }).join();
    EXPECT_EQ(here, there);
}

TEST(Sha256, LeavesNothingInTheErrorQueue) {
    ASSERT_TRUE(base::sha256_of({"token"}));
    EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace base
