#include "oauth/json/json_parts.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace oauth::json {
namespace {

std::string members(std::string_view text) {
    const auto parts = members_of(text);
    if (!parts) return std::string(describe(parts.error()).name);
    std::string all;
    for (const MemberText& part : *parts)
        all += part.name + "=" + std::string(part.value) + ";";
    return all;
}

std::string elements(std::string_view text) {
    const auto parts = elements_of(text);
    if (!parts) return std::string(describe(parts.error()).name);
    std::string all;
    for (const std::string_view part : *parts)
        all += std::string(part) + ";";
    return all;
}

TEST(JsonPartsTest, MembersAreFoundWithTheirNamesUnescaped) {
    EXPECT_EQ(members("{}"), "");
    EXPECT_EQ(members(" { } \n"), "");
    EXPECT_EQ(members(R"({"a":1,"b":{"c":[1,{"d":"}"}]},"\u0065":"x,y"})"), R"(a=1;b={"c":[1,{"d":"}"}]};e="x,y";)");
    EXPECT_EQ(members(R"( { "a" : [ 1 , 2 ] , "" : "\"}\\" } )"), R"(a=[ 1 , 2 ] ;="\"}\\" ;)");
}

TEST(JsonPartsTest, ElementsAreFound) {
    EXPECT_EQ(elements("[]"), "");
    EXPECT_EQ(elements(R"([1,"a,]",{"b":[2,3]},[[]]])"), R"(1;"a,]";{"b":[2,3]};[[]];)");
}

TEST(JsonPartsTest, NoTwoMembersHaveOneName) {
    EXPECT_EQ(members(R"({"a":1,"b":2,"a":3})"), "document_duplicate_member");
    EXPECT_EQ(members(R"({"a":1,"\u0061":3})"), "document_duplicate_member");
    EXPECT_EQ(members(R"({"a":{"b":1,"b":2}})"), R"(a={"b":1,"b":2};)") << "what is inside is for its own reader";
}

TEST(JsonPartsTest, BracketsCommasColonsAndQuotesStandWhereTheyMust) {
    for (const std::string_view text : {"",
                                        " ",
                                        "[]",
                                        "1",
                                        "{",
                                        "}",
                                        "{}x",
                                        "{}{}",
                                        "{,}",
                                        R"({"a"})",
                                        R"({"a":})",
                                        R"({"a":1,})",
                                        R"({,"a":1})",
                                        R"({"a":1,,"b":2})",
                                        R"({"a":1 "b":2})"
                                        "]",
                                        R"({"a":[})",
                                        R"({"a":]})",
                                        R"({"a":{]})",
                                        R"({"a":[1})",
                                        "{a:1}",
                                        R"({"a":1:2})",
                                        R"({1:1})",
                                        R"({"a":"b})",
                                        R"({"a:1})",
                                        R"({"a\":1})",
                                        R"({"a" "b":1})",
                                        R"({"\x":1})"})
        EXPECT_EQ(members(text), "document_not_json") << text;
    for (const std::string_view text : {"", "{}", "[", "]", "[,]", "[1,]", "[,1]", "[1,,2]", "[1]]", "[1]x", "[{]",
                                        "[}]", "[[1]", R"(["a])", "[1:2]"})
        EXPECT_EQ(elements(text), "document_not_json") << text;
    EXPECT_EQ(members(R"({"\ud800":1})"), "document_half_surrogate");
}

TEST(JsonPartsTest, WhatIsFarInsideTakesNoStack) {
    const std::string deep = std::string(200000, '[') + std::string(200000, ']');
    EXPECT_EQ(elements("[" + deep + ",1]").size(), deep.size() + 3);
}

TEST(JsonPartsTest, AStringForAMessageIsTheFirstOfItsName) {
    EXPECT_EQ(string_for_message(R"({"x":1e400,"kid":"a","kid":"b"})", "kid"), "a");
    for (const std::string_view text : {"", "1", "{}", R"({"kid":1})", R"({"kid":"\ud800"})", R"({"kid":"a")"})
        EXPECT_EQ(string_for_message(text, "kid"), "") << text;
}

}  // namespace
}  // namespace oauth::json
