#include "oauth/claim_path.h"

#include <gtest/gtest.h>

#include <string>

namespace oauth {
namespace {

constexpr std::string_view claims = R"({
    "a": {"b": {"c": "deep"}, "list": [10, [20, 21], {"name": "third"}]},
    "a.b": "dotted", "": "nameless", "[0]": "bracket", "q\"\\": "escaped", "it's": "apostrophe", "null": null
})";

std::string found_by(const ClaimPath& path) {
    const auto document = json::Document::parse(claims);
    EXPECT_TRUE(document);
    const auto value = path.find(document->root());
    return value ? value->to_json() : "nothing";
}

std::string find(std::string_view text) {
    const auto path = ClaimPath::parse(text);
    return path ? found_by(*path) : path.error();
}

std::string find_nested(std::string_view text, const NestedNames& syntax = {}) {
    const auto path = ClaimPath::parse_nested(text, syntax);
    return path ? found_by(*path) : path.error();
}

TEST(Member, IsTheNameItselfWhateverItLooksLike) {
    EXPECT_EQ(found_by(ClaimPath::member("a.b")), "\"dotted\"");
    EXPECT_EQ(found_by(ClaimPath::member("[0]")), "\"bracket\"");
    EXPECT_EQ(found_by(ClaimPath::member("")), "\"nameless\"");
    EXPECT_EQ(found_by(ClaimPath::member("b")), "nothing");
}

TEST(Members, AreFollowedOneAfterAnother) {
    EXPECT_EQ(found_by(ClaimPath::members({"a", "b", "c"})), "\"deep\"");
    EXPECT_EQ(found_by(ClaimPath::members({"a", "list", "0"})), "nothing");
    EXPECT_EQ(found_by(ClaimPath::members({"a", "b", "c", "d"})), "nothing");
}

TEST(Path, ReachesMembersAndElements) {
    EXPECT_EQ(find(".a.b.c"), "\"deep\"");
    EXPECT_EQ(find(".a.list[0]"), "10");
    EXPECT_EQ(find(".a.list[1][1]"), "21");
    EXPECT_EQ(find(".a.list[2].name"), "\"third\"");
    EXPECT_EQ(find(".null"), "null");
}

TEST(Path, QuotesNamesWithDotsAndBrackets) {
    EXPECT_EQ(find(".\"a.b\""), "\"dotted\"");
    EXPECT_EQ(find(".\"[0]\""), "\"bracket\"");
    EXPECT_EQ(find("[\"a.b\"]"), "\"dotted\"");
    EXPECT_EQ(find(".[\"a\"].b[\"c\"]"), "\"deep\"");
    EXPECT_EQ(find(R"(."q\"\\")"), "\"escaped\"");
    EXPECT_EQ(find(".\"\""), "\"nameless\"");
}

TEST(Path, FindsNothingWhereTheTypesDoNotFit) {
    EXPECT_EQ(find("[0]"), "nothing");
    EXPECT_EQ(find(".a[0]"), "nothing");
    EXPECT_EQ(find(".a.list.name"), "nothing");
    EXPECT_EQ(find(".a.list[3]"), "nothing");
    EXPECT_EQ(find(".a.list[18446744073709551615]"), "nothing");
}

TEST(Path, ThatIsNotWellFormedIsToldApart) {
    for (const std::string_view text : {".",      ".a.",    "..a",    ".a..b",    ".a[",  ".a[]",
                                        ".a[x]",  ".a[-1]", ".a[+1]", ".a[ 1]",   ".a[1", ".a[18446744073709551616]",
                                        ".\"a",   ".\"a\\", "[\"a\"", "[\"a\"x]", ".a]",  ".a\"b\"",
                                        ".a[0]b", "a",      ""})
        EXPECT_FALSE(ClaimPath::parse(text)) << text;
}

TEST(NestedName, IsCutAtTheDelimiter) {
    EXPECT_EQ(find_nested("a.b.c"), "\"deep\"");
    EXPECT_EQ(find_nested("a"), find_nested("\"a\""));
    EXPECT_EQ(find_nested("null"), "null");
    EXPECT_EQ(find_nested("a.list.0"), "nothing");
}

TEST(NestedName, InQuotesIsOneName) {
    EXPECT_EQ(find_nested("\"a.b\""), "\"dotted\"");
    EXPECT_EQ(find_nested("a.\"b\".c"), "\"deep\"");
    EXPECT_EQ(find_nested("it's"), "\"apostrophe\"");
}

TEST(NestedName, MayUseOtherDelimitersAndQuotes) {
    EXPECT_EQ(find_nested("a/b/c", {.delimiter = "/", .quote = "'"}), "\"deep\"");
    EXPECT_EQ(find_nested("'a'/b/c", {.delimiter = "/", .quote = "'"}), "\"deep\"");
    EXPECT_EQ(find_nested("a::b::c", {.delimiter = "::", .quote = "'"}), "\"deep\"");
    EXPECT_EQ(find_nested("a.b", {.delimiter = "/", .quote = "'"}), "\"dotted\"");
}

TEST(APath, KnowsTheMemberThatItGoesThrough) {
    EXPECT_EQ(ClaimPath::member("iss").first_member(), "iss");
    EXPECT_EQ(ClaimPath::member("a.b").first_member(), "a.b");
    EXPECT_EQ(ClaimPath::parse(".iss[0].x")->first_member(), "iss");
    EXPECT_EQ(ClaimPath::parse_nested("iss.x", {})->first_member(), "iss");
    EXPECT_EQ(ClaimPath::parse("[0].iss")->first_member(), "");
}

TEST(NestedName, ThatIsNotWellFormedIsToldApart) {
    for (const std::string_view text : {"", ".a", "a.", "a..b", "\"a", "\"a\"b", "\"\"", "a.\"b"})
        EXPECT_FALSE(ClaimPath::parse_nested(text, {})) << text;
}

}  // namespace
}  // namespace oauth
