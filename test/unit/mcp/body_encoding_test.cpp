#include "mcp/body_encoding.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace mcp {
namespace {

using Values = std::vector<std::string_view>;

bool is_plain(const Values& type, const Values& encoding = {}) {
    return check_plain_json({.content_type = type, .content_encoding = encoding}).has_value();
}

TEST(BodyEncodingTest, AnotherMediaTypeIsUnsupported) {
    for (const std::string_view type :
         {"", "text/plain", "text/json", "application/json+x", "application/mcp+json", "application/jsonx",
          "application/json, text/plain", "application/json text/plain", "application/x-www-form-urlencoded", "*/*"}) {
        EXPECT_FALSE(is_plain({type})) << type;
    }
    EXPECT_EQ(check_plain_json({}).error(), TransportError::media_type_unsupported);
}

TEST(BodyEncodingTest, AnotherCharsetOrParameterIsUnsupported) {
    for (const std::string_view type :
         {"application/json; charset=utf-16", "application/json; charset=", "application/json; charset=\"utf-8",
          "application/json; charset=utf-8\"", "application/json; charset='utf-8'",
          "application/json; charset=utf-8; charset=utf-16", "application/json; charset=utf-8;", "application/json;",
          "application/json; version=1", "application/json; charset=utf-8; version=1",
          "application/json; charset = utf-8", "application/json; charset=\"utf\\-8\"",
          "application/json; charset*=utf-8''x", "application/json, charset=utf-8"})
        EXPECT_FALSE(is_plain({type})) << type;
}

TEST(BodyEncodingTest, AnotherCodingIsUnsupported) {
    const Values json = {"application/json"};
    for (const Values& coding :
         std::vector<Values>{{"gzip"}, {""}, {"identity, gzip"}, {"identity", "identity"}, {"br"}})
        EXPECT_FALSE(is_plain(json, coding)) << coding.front();
    EXPECT_TRUE(is_plain(json, {"identity"}));
    EXPECT_TRUE(is_plain(json, {"Identity"}));
}

TEST(BodyEncodingTest, TwoContentTypesAreAmbiguousEvenWhenTheyAgree) {
    const Values types = {"application/json", "application/json"};
    EXPECT_EQ(check_plain_json({.content_type = types}).error(), TransportError::content_type_ambiguous);
    EXPECT_EQ(check_no_form({.content_type = types}).error(), TransportError::content_type_ambiguous);
}

TEST(BodyEncodingTest, JsonInUtf8PassesInEverySpelling) {
    for (const std::string_view type :
         {"application/json", "Application/JSON", "application/json;charset=utf-8", "application/json ; charset=UTF-8",
          "application/json;\tCharset=\"Utf-8\"", " application/json "})
        EXPECT_TRUE(is_plain({type})) << type;
}

// RFC 6750 section 2.2. Servers end a media type at ";", "," or a space.
TEST(BodyEncodingTest, AnObserverLooksAtAllThatMayBeJson) {
    const auto may_be = [](const Values& type, const Values& encoding = {}) {
        return may_be_json({.content_type = type, .content_encoding = encoding});
    };
    for (const std::string_view type :
         {"application/json", "Application/JSON ;", "application/json;", "application/json; charset=utf-8;",
          "application/json; version=1", "application/json;;charset=\"UTF-8\"", "application/json;charset=utf8; a=b"})
        EXPECT_TRUE(may_be({type})) << type;
    for (const std::string_view type :
         {"", "text/plain", "application/jsonx", "application/json, text/plain", "application/json; charset=utf-16",
          "application/json; a=b; Charset = utf-16", "application/json; charset=utf-8; charset=utf-16"})
        EXPECT_FALSE(may_be({type})) << type;
    EXPECT_FALSE(may_be({}));
    EXPECT_FALSE(may_be({"application/json", "application/json"}));
    EXPECT_FALSE(may_be({"application/json;"}, {"gzip"}));
    EXPECT_TRUE(may_be({"application/json;"}, {"identity"}));
}

TEST(BodyEncodingTest, AFormIsRefusedHoweverItIsWritten) {
    for (const std::string_view type :
         {"application/x-www-form-urlencoded", "APPLICATION/X-WWW-FORM-URLENCODED",
          "application/x-www-form-urlencoded;a=b", "application/x-www-form-urlencoded, application/json",
          "application/json, application/x-www-form-urlencoded", " application/x-www-form-urlencoded x",
          "Multipart/Form-Data; boundary=x"}) {
        const Values types = {type};
        EXPECT_EQ(check_no_form({.content_type = types}).error(), TransportError::media_type_unsupported) << type;
    }
    const Values text = {"text/plain"};
    EXPECT_TRUE(check_no_form({.content_type = text}));
    EXPECT_TRUE(check_no_form({}));
}

}  // namespace
}  // namespace mcp
