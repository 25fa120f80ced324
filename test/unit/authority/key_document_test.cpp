#include "authority/key_document.h"

#include <gtest/gtest.h>

namespace authority {
namespace {

constexpr std::string_view good = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"good"})";

std::string set_of(std::string_view keys) {
    return R"({"keys":[)" + std::string(keys) + "]}";
}

TEST(KeyDocument, WithoutAnyKeyItSaysThatAllAreWithdrawn) {
    for (const auto& [document, format] : {std::pair(R"({"keys":[]})", KeyFormat::jwks), std::pair("{}", KeyFormat::keyval)}) {
        const auto keys = read_key_document(document, format);
        ASSERT_TRUE(keys) << document;
        EXPECT_TRUE(keys->keys().empty());
    }
}

TEST(KeyDocument, WhatSaysNothingAboutKeysWithdrawsNone) {
    for (const std::string_view document : {"", "{}", "[]", R"({"keys":null})", R"({"keys":{}})", R"({"keys":[],"keys":[]})"})
        EXPECT_FALSE(read_key_document(document, KeyFormat::jwks)) << document;
    EXPECT_FALSE(read_key_document("[]", KeyFormat::keyval));
}

TEST(KeyDocument, KeysOfWhichNoneCanBeUsedAreATroubleAndNoWithdrawal) {
    const auto keys = read_key_document(set_of(R"({"kty":"XYZ","kid":"a"},{"kty":"RSA"})"), KeyFormat::jwks);
    ASSERT_FALSE(keys);
    EXPECT_EQ(text_of(keys.error()),
              "no key of the set can verify a signature (key 1 (kid \"a\"): the type of the key is not supported; key 2: a "
              "member of the key is missing, has the wrong type or is not base64url)");
}

TEST(KeyDocument, TheOnlyKeyNeedsNoName) {
    const auto keys = read_key_document(set_of(R"({"kty":"XYZ","kid":"a"})"), KeyFormat::jwks);
    ASSERT_FALSE(keys);
    EXPECT_EQ(text_of(keys.error()), "no key of the set can verify a signature (the type of the key is not supported)");
}

TEST(KeyDocument, KeysThatAreLeftOutAreNamed) {
    const auto keys = read_key_document(set_of(std::string(good) + R"(,{"kty":"XYZ","kid":"a\nb"})"), KeyFormat::jwks);
    ASSERT_TRUE(keys);
    EXPECT_EQ(left_out_of(*keys), R"(key 2 (kid "a\u000ab"): the type of the key is not supported)");
    EXPECT_EQ(left_out_of(*read_key_document(set_of(good), KeyFormat::jwks)), "");
}

TEST(KeyDocument, HoweverManyAndHoweverLongTheTextIsShort) {
    std::string document(good);
    for (int i = 0; i < 250; ++i)
        document += R"(,{"kty":"XYZ","kid":")" + std::string(1000, 'x') + R"("})";
    const std::string text = left_out_of(*read_key_document(set_of(document), KeyFormat::jwks));
    EXPECT_LT(text.size(), 1500U);
    EXPECT_TRUE(text.ends_with("; and 242 more")) << text;
    EXPECT_TRUE(text.contains("xxx...\")") || text.contains("xxx\"...)")) << text;
}

TEST(KeyDocument, ALongNameIsCutBetweenCharacters) {
    std::string kid;
    while (kid.size() < 200)
        kid += "\xE2\x82\xAC";  // three bytes
    const auto keys = read_key_document(set_of(std::string(good) + R"(,{"kty":"XYZ","kid":")" + kid + R"("})"), KeyFormat::jwks);
    EXPECT_EQ(left_out_of(*keys),
              "key 2 (kid \"" + kid.substr(0, 63) + "\"...): the type of the key is not supported");
}

}  // namespace
}  // namespace authority
