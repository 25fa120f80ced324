#include "oauth/json/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "support/json_documents.h"

namespace oauth::json {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using support::object_of;
using support::parsed;
using support::repeated;

// Also asserts that both ways into the parser agree.
std::optional<Error> refusal(std::string_view text, const Limits& limits = {}) {
    const auto document = Document::parse(text, limits);
    const auto encoded = Document::parse_base64url(base::base64url::encode(text), limits);
    EXPECT_EQ(document.has_value(), encoded.has_value());
    if (document) return std::nullopt;
    EXPECT_EQ(document.error(), encoded.error());
    return document.error();
}

std::string nested(std::string_view open, std::string_view inner, std::string_view close, std::size_t levels) {
    return repeated(open, levels) + std::string(inner) + repeated(close, levels);
}

void expect_not_json(std::string_view text) {
    EXPECT_EQ(refusal(text), Error::document_not_json) << text;
}

// --- Syntax (RFC 8259) ---

TEST(JsonSyntax, ADocumentOfNothingIsRefused) {
    for (const auto text : {""sv, " "sv, "\n\t\r "sv, "\0"sv})
        expect_not_json(text);
    expect_not_json(std::string(500, ' '));
}

TEST(JsonSyntax, TrailingJunkIsRefused) {
    for (const auto text : {"{}x"sv, "{} {}"sv, "{}\0"sv, "{},"sv, "1 2"sv, "1,"sv, "null null"sv, "\"a\"b"sv, "[]]"sv,
                            "{}}"sv, "[1][2]"sv, "{}//"sv, "true false"sv, "1x"sv, "truee"sv, "{}\"\""sv})
        expect_not_json(text);
}

TEST(JsonSyntax, EveryPrefixOfADocumentIsRefused) {
    const std::string text = R"({"a":[1,-2.5e3,"x\u00e9\n",true,false,null,{"b":{}}],"c":"d"})";
    for (std::size_t size = 0; size < text.size(); ++size)
        expect_not_json(text.substr(0, size));
    EXPECT_EQ(refusal(text), std::nullopt);
}

TEST(JsonSyntax, WhatOnlyJavaScriptAllowsIsRefused) {
    for (const auto text :
         {"{a:1}"sv,     "{'a':1}"sv,   "'a'"sv,         "[1,]"sv, "{\"a\":1,}"sv, "[,1]"sv,     "[1,,2]"sv,
          "//c\n1"sv,    "/*c*/1"sv,    "0x10"sv,        "+1"sv,   ".5"sv,         "1."sv,       "01"sv,
          "-01"sv,       "-"sv,         "1e"sv,          "1e+"sv,  "NaN"sv,        "Infinity"sv, "-Infinity"sv,
          "undefined"sv, "\"\\x41\""sv, "\"\\u{41}\""sv, "True"sv, "nul"sv,        "{\"a\"}"sv,  "{\"a\" 1}"sv,
          "{1:2}"sv,     "{\"a\":}"sv,  "[1 2]"sv,       "{:1}"sv, "[}"sv,         "{]"sv})
        expect_not_json(text);
}

TEST(JsonSyntax, ControlCharactersInsideStringsAreRefused) {
    for (int c = 0; c < 0x20; ++c)
        expect_not_json("\""s + static_cast<char>(c) + "\"");
    EXPECT_EQ(refusal("\"\x7F\""), std::nullopt);
}

TEST(JsonSyntax, WhiteSpaceAroundTokensIsFine) {
    EXPECT_EQ(parsed(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n").root().to_json(), R"({"a":[1,2]})");
}

TEST(JsonSyntax, OtherWhiteSpaceIsRefused) {
    for (const auto text : {"\v1"sv, "\f1"sv, "1\xC2\xA0"sv, "\xE2\x80\xA8{}"sv})
        expect_not_json(text);
}

TEST(JsonSyntax, AByteOrderMarkIsRefused) {
    for (const auto text : {"\xEF\xBB\xBF{}"sv, "\xEF\xBB\xBF"sv, "{\0}\0"sv})
        expect_not_json(text);
    for (const auto text : {"\xEF\xBB"sv, "\xFE\xFF\0{\0}"sv})
        EXPECT_EQ(refusal(text), Error::document_not_utf8) << text;
}

// --- Unicode ---

TEST(JsonUnicode, InvalidUtf8IsRefused) {
    for (const auto bytes :
         {"\x80"sv, "\xFF"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xE0\x80\x80"sv, "\xE2\x82"sv, "\xED\xA0\x80"sv,
          "\xED\xBF\xBF"sv, "\xF0\x80\x80\x80"sv, "\xF4\x90\x80\x80"sv, "\xF8\x88\x80\x80\x80"sv}) {
        for (const auto& text : {"\""s.append(bytes) + "\"", "{\""s.append(bytes) + "\":1}", "["s.append(bytes) + "]"})
            EXPECT_EQ(refusal(text), Error::document_not_utf8) << text;
    }
}

TEST(JsonUnicode, ALoneSurrogateEscapeIsRefused) {
    for (const auto text :
         {R"("\ud800")"sv, R"("\udc00")"sv, R"("\ud800x")"sv, R"("\ud800\n")"sv, R"("\ud800\ud800")"sv,
          R"("\udc00\ud800")"sv, R"("\ud800\u0041")"sv, R"("\uDFFF")"sv, R"({"\ud800":1})"sv})
        EXPECT_EQ(refusal(text), Error::document_half_surrogate) << text;
}

TEST(JsonUnicode, EscapesAreDecoded) {
    EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00")").root().string(),
              "\"\\/\b\f\n\r\tA\xC3\xA9\xF0\x9F\x98\x80");
}

TEST(JsonUnicode, AZeroInsideAStringStays) {
    const auto document = parsed(R"({"a\u0000b":"x\u0000y"})");
    EXPECT_EQ(document.root().member("a\0b"sv)->string(), "x\0y"sv);
    EXPECT_FALSE(document.root().member("a"));
}

// --- Numbers ---

TEST(JsonNumber, BeyondSixtyFourBitsIsRefused) {
    for (const auto text : {"18446744073709551616"sv, "-9223372036854775809"sv, "100000000000000000000"sv, "1e400"sv,
                            "-1e400"sv, "1e99999999999"sv}) {
        EXPECT_EQ(refusal(text), Error::document_number_too_large) << text;
        EXPECT_EQ(refusal("{\"a\":[1,\"b\"," + std::string(text) + "]}"), Error::document_number_too_large) << text;
    }
}

TEST(JsonNumber, ThatIsNoneIsNotJsonAlsoBesideOneThatIsTooLarge) {
    for (const auto text : {"01"sv, "1e"sv, "-"sv, "1."sv})
        expect_not_json("[1e400," + std::string(text) + "]");
    expect_not_json("{1e400:1}");
}

std::expected<Document, Error> with_large_numbers(std::string_view text) {
    return Document::parse(text, {.keep_large_numbers = true});
}

TEST(JsonNumber, BeyondSixtyFourBitsIsNoNumberWhereItIsKept) {
    const auto document =
        with_large_numbers(R"({"b":{"c":[true,1e400]},"a":18446744073709551616,"s":"1e400","n":1.5})");
    ASSERT_TRUE(document);
    const Value a = *document->root().member("a");
    EXPECT_EQ(a.kind(), Kind::large_number);
    EXPECT_EQ(a.large_number(), "18446744073709551616");
    EXPECT_FALSE(a.number() || a.integer() || a.unsigned_integer() || a.string() || a.boolean());
    EXPECT_EQ(a.size(), 0U);
    EXPECT_FALSE(a.element(0) || a.member("x"));
    EXPECT_EQ(document->root().member("b")->member("c")->element(1)->large_number(), "1e400");
    EXPECT_EQ(document->root().member("s")->string(), "1e400");
    EXPECT_EQ(document->root().member("n")->number(), 1.5);
    EXPECT_EQ(document->root().to_json(), R"({"b":{"c":[true,1e400]},"a":18446744073709551616,"s":"1e400","n":1.5})");
}

TEST(JsonNumber, BeyondSixtyFourBitsEqualsNothing) {
    const auto one = with_large_numbers("[1e400]");
    const auto other = with_large_numbers("[1e400]");
    EXPECT_FALSE(one->root() == other->root());
    EXPECT_FALSE(*one->root().element(0) == *one->root().element(0));
    EXPECT_FALSE(*one->root().element(0) == parsed("\"1e400\"").root());
}

TEST(JsonNumber, BeyondSixtyFourBitsIsFoundAtAnyDepth) {
    for (const auto text : {"1e400"sv, "[1,1e400]"sv, R"({"a":{"b":[[1e400]]}})"sv})
        EXPECT_TRUE(with_large_numbers(text)->root().holds_large_number()) << text;
    EXPECT_FALSE(with_large_numbers(R"({"a":[1,"1e400",{}]})")->root().holds_large_number());
}

// The first number makes the strict parser give up, so that what follows is found by the second reading.
TEST(JsonNumber, BeyondSixtyFourBitsHidesNoOtherFault) {
    const auto error = [](std::string_view text) { return with_large_numbers(text).error(); };
    EXPECT_EQ(error(R"({"x":1e400,"a":1,"a":2})"), Error::document_duplicate_member);
    EXPECT_EQ(error(R"({"x":1e400,"a":"\ud800"})"), Error::document_half_surrogate);
    EXPECT_EQ(error(R"({"x":1e400,)"), Error::document_not_json);
    EXPECT_EQ(error("[1e400,1x]"), Error::document_not_json);
    EXPECT_EQ(error(R"([1e400 "a"])"), Error::document_not_json);
    EXPECT_EQ(error("{1e400:1}"), Error::document_not_json);
    EXPECT_EQ(error("[1e400," + nested("[", "", "]", 32) + "]"), Error::document_too_deep);
    const std::string text = "[1e400]";
    EXPECT_TRUE(Document::parse(text, {.max_bytes = text.size(), .keep_large_numbers = true}));
    EXPECT_EQ(Document::parse(text, {.max_bytes = text.size() - 1, .keep_large_numbers = true}).error(),
              Error::document_too_large);
}

TEST(JsonNumber, AnIntegerIsNotAReal) {
    const auto integer = parsed("1");
    EXPECT_EQ(integer.root().kind(), Kind::integer);
    EXPECT_EQ(integer.root().integer(), 1);
    EXPECT_EQ(integer.root().number(), 1.0);

    for (const auto text : {"1.0"sv, "1e0"sv, "10e-1"sv}) {
        const auto real = parsed(text);
        EXPECT_EQ(real.root().kind(), Kind::real) << text;
        EXPECT_EQ(real.root().integer(), std::nullopt) << text;
        EXPECT_EQ(real.root().unsigned_integer(), std::nullopt) << text;
        EXPECT_EQ(real.root().number(), 1.0) << text;
    }
}

TEST(JsonNumber, IntegersReachTheirLimits) {
    EXPECT_EQ(parsed("9223372036854775807").root().integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(parsed("-9223372036854775808").root().integer(), std::numeric_limits<std::int64_t>::min());
    const auto large = parsed("18446744073709551615");
    EXPECT_EQ(large.root().kind(), Kind::integer);
    EXPECT_EQ(large.root().integer(), std::nullopt);
    EXPECT_EQ(large.root().unsigned_integer(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(parsed("-1").root().unsigned_integer(), std::nullopt);
    EXPECT_EQ(parsed("7").root().unsigned_integer(), 7U);
}

// --- Limits ---

TEST(JsonLimits, ADocumentOfMaxBytesIsReadAndOneByteMoreIsRefused) {
    const std::string text = "[" + std::string(98, ' ') + "]";
    EXPECT_EQ(refusal(text, {.max_bytes = 100}), std::nullopt);
    EXPECT_EQ(refusal(text + " ", {.max_bytes = 100}), Error::document_too_large);
    EXPECT_EQ(refusal("", {.max_bytes = 0}), Error::document_not_json);
}

TEST(JsonLimits, SizesAroundThoseOfBuffersWork) {
    for (const std::size_t size : {2U, 31U, 32U, 33U, 63U, 64U, 65U, 127U, 128U, 16383U, 16384U, 16385U, 65536U}) {
        const std::string text = "\"" + std::string(size - 2, 'x') + "\"";
        const auto document = parsed(text);
        EXPECT_EQ(document.root().string(), text.substr(1, size - 2)) << size;
    }
}

TEST(JsonLimits, NoLimitIsLargerThanSixteenMebibytes) {
    const std::string text = "\"" + std::string(std::size_t{16} * 1024 * 1024 - 2, 'x') + "\"";
    EXPECT_TRUE(Document::parse(text, {.max_bytes = std::string::npos}));
    EXPECT_EQ(Document::parse(text + " ", {.max_bytes = std::string::npos}).error(), Error::document_too_large);
}

TEST(JsonLimits, TheDepthIsExactForArraysAndObjects) {
    for (const std::size_t depth : {1U, 2U, 5U, 32U, 33U, 256U}) {
        const Limits limits{.max_depth = depth};
        for (const auto inner : {""sv, "1"sv}) {
            EXPECT_EQ(refusal(nested("[", inner, "]", depth), limits), std::nullopt) << depth;
            EXPECT_EQ(refusal(nested("[", inner, "]", depth + 1), limits), Error::document_too_deep) << depth;
        }
        EXPECT_EQ(refusal(nested(R"({"a":)", "1", "}", depth), limits), std::nullopt) << depth;
        EXPECT_EQ(refusal(nested(R"({"a":)", "1", "}", depth + 1), limits), Error::document_too_deep) << depth;
        EXPECT_EQ(refusal(nested(R"({"a":)", "{}", "}", depth), limits), Error::document_too_deep) << depth;
    }
}

TEST(JsonLimits, DepthZeroIsAScalar) {
    EXPECT_EQ(refusal("1", {.max_depth = 0}), std::nullopt);
    EXPECT_EQ(refusal("[]", {.max_depth = 0}), Error::document_too_deep);
    EXPECT_EQ(refusal("{}", {.max_depth = 0}), Error::document_too_deep);
}

TEST(JsonLimits, NoLimitIsDeeperThan256) {
    const Limits limits{.max_bytes = 1000000, .max_depth = std::string::npos};
    EXPECT_EQ(refusal(nested("[", "", "]", 256), limits), std::nullopt);
    EXPECT_EQ(refusal(nested("[", "", "]", 257), limits), Error::document_too_deep);
    EXPECT_EQ(refusal(nested("[", "", "]", 400000), limits), Error::document_too_deep);
    EXPECT_EQ(refusal(std::string(900000, '['), limits), Error::document_not_json);
}

TEST(JsonLimits, SiblingsDoNotAddUpToDepth) {
    EXPECT_EQ(refusal("[" + repeated("[[]],", 100) + "[]]", {.max_depth = 3}), std::nullopt);
}

TEST(JsonLimits, OneDocumentDoesNotChangeTheLimitsOfTheNext) {
    EXPECT_EQ(refusal(nested("[", "", "]", 3), {.max_depth = 2}), Error::document_too_deep);
    EXPECT_EQ(refusal(nested("[", "", "]", 32)), std::nullopt);
    EXPECT_EQ(refusal(nested("[", "", "]", 3), {.max_depth = 2}), Error::document_too_deep);
}

// --- Unique names (RFC 7515 section 4, RFC 7519 section 4, SPEC 78) ---

TEST(JsonNames, ADuplicateIsRefusedAtEveryLevel) {
    for (const auto text : {R"({"a":1,"a":1})"sv, R"({"a":1,"b":2,"a":3})"sv, R"({"x":{"a":1,"a":2}})"sv,
                            R"([{"a":1,"a":2}])"sv, R"([[{"b":[{"a":{},"a":{}}]}]])"sv, R"({"":1,"":2})"sv})
        EXPECT_EQ(refusal(text), Error::document_duplicate_member) << text;
}

TEST(JsonNames, AreComparedAfterUnescaping) {
    for (const auto text : {R"({"a":1,"\u0061":2})"sv, R"({"\u0061lg":1,"alg":2})"sv, R"({"/":1,"\/":2})"sv,
                            "{\"\xC3\xA9\":1,\"\\u00e9\":2}"sv, R"({"\u0000":1,"\u0000":2})"sv})
        EXPECT_EQ(refusal(text), Error::document_duplicate_member) << text;
}

TEST(JsonNames, ThatDifferAreFine) {
    for (const auto text : {R"({"a":1,"A":2})"sv, R"({"a":1,"a ":2})"sv, R"({"a":1,"a\u0000":2,"a\u0000b":3})"sv,
                            R"({"a":{"a":{"a":1}}})"sv, R"([{"a":1},{"a":1}])"sv, R"({"a":"b","b":"a"})"sv,
                            "{\"\xC3\xA9\":1,\"e\xCC\x81\":2}"sv})
        EXPECT_EQ(refusal(text), std::nullopt) << text;
}

TEST(JsonNames, ADuplicateIsFoundInObjectsOfEverySizeAtEveryPosition) {
    for (const std::size_t members : {2U, 3U, 15U, 16U, 17U, 18U, 40U}) {
        EXPECT_EQ(refusal(object_of(members, members)), std::nullopt) << members;
        for (std::size_t position = 1; position < members; ++position)
            EXPECT_EQ(refusal(object_of(members, position)), Error::document_duplicate_member) << members << position;
    }
}

TEST(JsonNames, ADuplicateIsFoundAmongManyThousand) {
    const Limits limits{.max_bytes = 4000000};
    EXPECT_EQ(refusal(object_of(200000, 200000), limits), std::nullopt);
    EXPECT_EQ(refusal(object_of(200000, 199999), limits), Error::document_duplicate_member);
}

// --- base64url ---

TEST(JsonBase64Url, IsStrict) {
    EXPECT_EQ(parsed("{}").root(), Document::parse_base64url("e30")->root());
    for (const auto text : {"e30="sv, "e31"sv, "e3 0"sv, "e30\n"sv, "e"sv, "e30+e30/"sv, "{}"sv, "e30.e30"sv})
        EXPECT_EQ(Document::parse_base64url(text).error(), Error::token_not_base64url) << text;
}

TEST(JsonBase64Url, OfNothingIsNotJson) {
    EXPECT_EQ(Document::parse_base64url("").error(), Error::document_not_json);
}

TEST(JsonBase64Url, IsMeasuredDecoded) {
    const std::string encoded = base::base64url::encode("[1,2,3]");
    EXPECT_TRUE(Document::parse_base64url(encoded, {.max_bytes = 7}));
    EXPECT_EQ(Document::parse_base64url(encoded, {.max_bytes = 6}).error(), Error::document_too_large);
}

}  // namespace
}  // namespace oauth::json
