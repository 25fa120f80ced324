#include "cli/settings/file/node.h"

#include <gmock/gmock.h>

namespace cli::file {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> errors_in(std::string_view text) {
    Mistakes mistakes("mcp.yaml");
    parse(text, mistakes);
    Findings findings;
    mistakes.tell(findings);
    return findings.errors;
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; i++)
        all += text;
    return all;
}

TEST(NodeTest, EverythingKnowsWhereItStands) {
    Mistakes mistakes("mcp.yaml");
    const auto node = parse("# a comment\nlist:\n  - a\n  - { b: 'c d' }\nnone:\n", mistakes);
    ASSERT_TRUE(node);
    EXPECT_FALSE(mistakes.any());
    ASSERT_EQ(node->entries.size(), 2U);
    EXPECT_EQ(node->entries[0].key.at.line, 2U);
    const Node& list = node->find("list")->value;
    ASSERT_EQ(list.elements.size(), 2U);
    EXPECT_EQ(list.elements[0].at.line, 3U);
    EXPECT_EQ(list.elements[0].at.column, 5U);
    const Node& text = list.elements[1].find("b")->value;
    EXPECT_EQ(text.text, "c d");
    EXPECT_TRUE(text.quoted);
    EXPECT_FALSE(list.elements[0].quoted);
    EXPECT_EQ(text.at.column, 10U);
    EXPECT_EQ(node->find("none")->value.type, Node::Type::nothing);
    EXPECT_EQ(node->find("other"), nullptr);
}

TEST(NodeTest, AKeyThatStandsTwiceIsToldWithBothLines) {
    EXPECT_THAT(errors_in("a: 1\nb: 2\na: 3\n"),
                ElementsAre("mcp.yaml:3:1: a: appears twice, here and in line 1; keep one of them"));
    EXPECT_THAT(errors_in("x: { \"a\": 1, a: 2 }\n"), ElementsAre(HasSubstr("appears twice")));
}

TEST(NodeTest, WhatMakesOneTextMeanAnotherIsRefused) {
    EXPECT_THAT(errors_in("a: &x 1\nb: *x\n"),
                ElementsAre(HasSubstr("mcp.yaml:1:4: an anchor"), HasSubstr("2:4: an alias")));
    EXPECT_THAT(errors_in("a: !!str 1\n"), ElementsAre(HasSubstr("mcp.yaml:1:4: a tag")));
    EXPECT_THAT(errors_in("a: { <<: { b: 1 } }\n"), ElementsAre(HasSubstr("1:6: a merge key")));
    EXPECT_THAT(errors_in("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("a second document")));
    EXPECT_THAT(errors_in("{ [a]: 1 }\n"), ElementsAre(HasSubstr("a key must be a text")));
    EXPECT_THAT(errors_in("~: 1\n"), ElementsAre(HasSubstr("a key must be a text")));
}

TEST(NodeTest, ExplodingAliasesExplodeNowhere) {
    std::string text = "a0: &a0 x\n";
    for (int i = 1; i < 60; i++)
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + ", *a" +
                std::to_string(i - 1) + "]\n";
    EXPECT_EQ(errors_in(text).size(), 51U);
}

TEST(NodeTest, ATextThatIsNoYamlIsToldByItsLine) {
    EXPECT_THAT(errors_in("a: [1, 2\nb: 3\n"), ElementsAre(HasSubstr("mcp.yaml:2")));
    EXPECT_THAT(errors_in("a: b: c\n"), ElementsAre(HasSubstr("mcp.yaml:1:5: a \": \" is where none can be")));
    for (const std::string text : {"a: \"x\n", "a: \"", "a: 'x", "a: '\n\n", "\"", "a: [\"b\n"})
        EXPECT_THAT(errors_in(text), ElementsAre(HasSubstr("the file ends inside a quoted text"))) << text;
    EXPECT_THAT(errors_in("a: @b\n"), ElementsAre(HasSubstr("not valid YAML")));
}

TEST(NodeTest, ATabInTheIndentationIsToldByItsLine) {
    EXPECT_THAT(errors_in("a:\n  - b\n\t- c\n"), ElementsAre("mcp.yaml:3:1: the indentation has a tab; YAML "
                                                             "allows only spaces there"));
    EXPECT_THAT(errors_in("a:\tb\n \t\nc: d\t# e\n"), IsEmpty());
}

TEST(NodeTest, OtherEncodingsAreTold) {
    using namespace std::string_literals;
    EXPECT_THAT(errors_in("\xFF\xFE"s + "a\0:\0"s), ElementsAre(HasSubstr("is in UTF-16")));
    EXPECT_THAT(errors_in("\0a\0:"s), ElementsAre(HasSubstr("is in UTF-16")));
    EXPECT_THAT(errors_in("\xFE\xFF"s), ElementsAre(HasSubstr("is in UTF-16")));
    EXPECT_THAT(errors_in("a: b\nc: \xE9\n"),
                ElementsAre("mcp.yaml:2:1: this line is not UTF-8; save the file as UTF-8"));
    EXPECT_THAT(errors_in("\x7F"
                          "ELF\2\1\1\0\0"s),
                ElementsAre(HasSubstr("is binary")));
    EXPECT_THAT(errors_in("a: \x01\n"), ElementsAre(HasSubstr("control character")));
    EXPECT_THAT(errors_in("a: b\rc: d\n"), ElementsAre(HasSubstr("control character")));
    EXPECT_THAT(errors_in("\xEF\xBB\xBF"
                          "a: b\r\nc: d\r\n"),
                IsEmpty());
}

TEST(NodeTest, DepthAndSizeAreBounded) {
    EXPECT_THAT(errors_in(repeated("[", 17) + repeated("]", 17)), ElementsAre(HasSubstr("more than 16 levels")));
    EXPECT_THAT(errors_in(repeated("[", 500'000)), ElementsAre(HasSubstr("more than 16 levels")));
    EXPECT_THAT(errors_in(repeated("- ", 400'000)), ElementsAre(HasSubstr("more than 16 levels")));
    EXPECT_THAT(errors_in(repeated("{a: ", 200'000)), ElementsAre(HasSubstr("more than 16 levels")));
    EXPECT_THAT(errors_in("[" + repeated("a,", 20'001) + "]"), ElementsAre(HasSubstr("more than 20000 values")));
    EXPECT_EQ(errors_in(repeated("a: b\n", 200'000)).size(), 51U);
}

}  // namespace
}  // namespace cli::file
