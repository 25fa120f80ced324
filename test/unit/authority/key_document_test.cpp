#include "authority/key_document.h"

#include <gtest/gtest.h>

namespace authority {
namespace {

std::string set_of(std::string_view keys) {
    return R"({"keys":[)" + std::string(keys) + "]}";
}

TEST(KeyDocument, WithoutAnyKeyItSaysThatAllAreWithdrawn) {
    for (const auto& [document, format] :
         {std::pair(R"({"keys":[]})", KeyFormat::jwks), std::pair("{}", KeyFormat::keyval)}) {
        const auto keys = read_keys(document, format);
        ASSERT_TRUE(keys) << document;
        EXPECT_TRUE(keys->keys().empty());
        EXPECT_EQ(read_first_keys(document, format).error(), "there is no key in it");
    }
}

TEST(KeyDocument, WhatSaysNothingAboutKeysWithdrawsNone) {
    for (const std::string_view document :
         {"", "{}", "[]", R"({"keys":null})", R"({"keys":{}})", R"({"keys":[],"keys":[]})"})
        EXPECT_FALSE(read_keys(document, KeyFormat::jwks)) << document;
    EXPECT_FALSE(read_keys("[]", KeyFormat::keyval));
}

TEST(KeyDocument, KeysOfWhichNoneCanBeUsedAreATroubleAndNoWithdrawal) {
    const auto keys = read_keys(set_of(R"({"kty":"XYZ","kid":"a"},{"kty":"RSA"})"), KeyFormat::jwks);
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error(),
              "no key of the set can verify a signature; key 1 (kid \"a\") is left out: the type of the key is not "
              "supported; "
              "key 2 is left out: a member of the key is missing, has the wrong type or is not base64url");
}

TEST(KeyDocument, TheOnlyKeyNeedsNoName) {
    const auto keys = read_keys(set_of(R"({"kty":"XYZ","kid":"a"})"), KeyFormat::jwks);
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error(), "no key of the set can verify a signature (the type of the key is not supported)");
}

TEST(KeyDocument, HoweverManyKeysAreLeftOutAndHoweverLongTheirNamesTheTextIsShort) {
    std::string document = R"({"kty":"XYZ"})";
    for (int i = 0; i < 249; ++i)
        document += R"(,{"kty":"XYZ","kid":")" + std::string(1000, 'x') + R"("})";
    const auto keys = read_keys(set_of(document), KeyFormat::jwks);
    ASSERT_FALSE(keys);
    const std::string& text = keys.error();
    EXPECT_LT(text.size(), 2000U);
    EXPECT_TRUE(text.ends_with("; and 242 more")) << text;
}

}  // namespace
}  // namespace authority
