#include "oauth/claim_expression.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace oauth {
namespace {

// "met", or why not.
std::string_view outcome(std::expected<void, Mismatch> result) {
    return result ? "met" : text(result.error());
}

Comparison parse(std::string_view name) {
    const auto comparison = Comparison::parse(name);
    EXPECT_TRUE(comparison) << name;
    return comparison.value_or(Comparison{});
}

std::string_view check(std::string_view claim, std::string_view op, std::string_view expected_json) {
    const auto document = json::Document::parse(claim);
    EXPECT_TRUE(document) << claim;
    const Comparison comparison = parse(op);
    const auto expected = Expected::from_json(expected_json, comparison.op);
    if (!expected) return text(expected.error());
    return outcome(compare(document->root(), comparison, *expected));
}

std::string_view check_missing(std::string_view op, std::string_view expected_json) {
    const Comparison comparison = parse(op);
    const auto expected = Expected::from_json(expected_json, comparison.op);
    EXPECT_TRUE(expected) << expected_json;
    return outcome(compare(std::nullopt, comparison, *expected));
}

const std::string_view met = "met";
const std::string_view not_met = text(Mismatch::not_met);
const std::string_view types_differ = text(Mismatch::types_differ);

const std::vector<std::string_view> all_operators = {"eq", "gt", "ge", "lt", "le", "in", "any", "match"};

// --- What must never let a token in ---------------------------------------------------------------------------------

TEST(ComparisonOf, AMissingClaimFailsNegatedOrNot) {
    for (const std::string_view op : all_operators)
        for (const std::string& name : {std::string(op), "!" + std::string(op)})
            EXPECT_EQ(check_missing(name, op == "in" ? "[]" : "\"x\""), text(Mismatch::claim_missing)) << name;
}

TEST(ComparisonOf, TypesThatTheOperatorDoesNotKnowFailsNegatedOrNot) {
    for (const std::string_view op : {"gt", "ge", "lt", "le"})
        for (const std::string_view claim : {"true", "null", "[1]", "{}", "\"1\""})
            for (const std::string& name : {std::string(op), "!" + std::string(op)})
                EXPECT_EQ(check(claim, name, "1"), types_differ) << claim << name;
    for (const std::string_view name : {"in", "!in", "nin"}) {
        EXPECT_EQ(check("\"a\"", name, "\"a\""), types_differ) << name;
        EXPECT_EQ(check("1", name, "{\"1\":0}"), types_differ) << name;
    }
    for (const std::string_view name : {"match", "!match"}) {
        EXPECT_EQ(check("1", name, "\"1\""), types_differ) << name;
        EXPECT_EQ(check("[\"a\"]", name, "\"a\""), types_differ) << name;
        EXPECT_EQ(check("\"a\"", name, "1"), types_differ) << name;
    }
}

TEST(ExpectedValue, OverFourKibibytesIsRefused) {
    const std::string largest(Expected::max_bytes, 'x');
    EXPECT_TRUE(Expected::from_string(largest, Operator::eq));
    EXPECT_EQ(Expected::from_string(largest + 'x', Operator::eq).error(), Mismatch::expected_too_large);
    const std::string padded(Expected::max_bytes - 1, ' ');
    EXPECT_TRUE(Expected::from_json(padded + '1', Operator::eq));
    EXPECT_EQ(Expected::from_json(padded + "10", Operator::eq).error(), Mismatch::expected_too_large);
}

TEST(ExpectedValue, ThatIsNotJsonIsRefused) {
    for (const std::string_view text : {"", "admin", "[1,]", "{\"a\":1,\"a\":2}", "1 2"})
        EXPECT_EQ(Expected::from_json(text, Operator::eq).error(), Mismatch::expected_not_json) << text;
    EXPECT_EQ(Expected::from_string("\xFF", Operator::eq).error(), Mismatch::expected_not_json);
}

TEST(Match, RefusesAPatternThatDoesNotCompile) {
    for (const std::string_view pattern : {"(", "[a", "a{2,1}", "\\", "\\C", "(?<n>a)(?<n>b)"})
        EXPECT_EQ(Expected::from_string(pattern, Operator::match).error(), Mismatch::pattern_invalid) << pattern;
}

TEST(Match, GivesUpWhenThePatternBacktracksTooMuch) {
    const std::string subject = '"' + std::string(40, 'a') + "!\"";
    for (const std::string_view op : {"match", "!match"})
        EXPECT_EQ(check(subject, op, R"("^(a+)+$")"), text(Mismatch::pattern_too_expensive)) << op;
}

TEST(Match, ThePatternCannotRaiseItsOwnLimit) {
    const std::string subject = '"' + std::string(40, 'a') + "!\"";
    EXPECT_EQ(check(subject, "match", R"("(*LIMIT_MATCH=4000000000)^(a+)+$")"), text(Mismatch::pattern_too_expensive));
}

// --- The operators --------------------------------------------------------------------------------------------------

TEST(Eq, ComparesByValueAndType) {
    EXPECT_EQ(check("\"a\"", "eq", "\"a\""), met);
    EXPECT_EQ(check("\"a\"", "eq", "\"A\""), not_met);
    EXPECT_EQ(check("1", "eq", "\"1\""), not_met);
    EXPECT_EQ(check("true", "eq", "true"), met);
    EXPECT_EQ(check("null", "eq", "null"), met);
    EXPECT_EQ(check("[1,2]", "eq", "[1,2]"), met);
    EXPECT_EQ(check("[1,2]", "eq", "[2,1]"), not_met);
    EXPECT_EQ(check("{\"a\":1,\"b\":2}", "eq", "{\"b\":2,\"a\":1}"), met);
    EXPECT_EQ(check("{\"a\":1}", "eq", "{\"a\":1,\"b\":2}"), not_met);
}

TEST(Eq, AnIntegerNeverEqualsAReal) {
    EXPECT_EQ(check("1", "eq", "1.0"), not_met);
    EXPECT_EQ(check("1.0", "eq", "1"), not_met);
    EXPECT_EQ(check("1", "!eq", "1.0"), met);
    EXPECT_EQ(check("[1]", "any", "[1.0]"), not_met);
}

TEST(Order, OfNumbersIsByValue) {
    EXPECT_EQ(check("3", "gt", "2"), met);
    EXPECT_EQ(check("2", "gt", "2"), not_met);
    EXPECT_EQ(check("2", "ge", "2"), met);
    EXPECT_EQ(check("2", "lt", "2"), not_met);
    EXPECT_EQ(check("2", "le", "2"), met);
    EXPECT_EQ(check("-3", "lt", "2"), met);
    EXPECT_EQ(check("10", "gt", "9"), met);
    EXPECT_EQ(check("2", "lt", "2.5"), met);
    EXPECT_EQ(check("2.0", "ge", "2"), met);
}

TEST(Order, OfLargeIntegersIsExact) {
    EXPECT_EQ(check("9007199254740993", "gt", "9007199254740992"), met);
    EXPECT_EQ(check("18446744073709551615", "gt", "18446744073709551614"), met);
    EXPECT_EQ(check("18446744073709551615", "gt", "1"), met);
    EXPECT_EQ(check("-1", "lt", "18446744073709551615"), met);
}

TEST(Order, OfStringsIsByTheirBytes) {
    EXPECT_EQ(check("\"b\"", "gt", "\"a\""), met);
    EXPECT_EQ(check("\"10\"", "lt", "\"9\""), met);
    EXPECT_EQ(check("\"a\"", "lt", "\"aa\""), met);
    EXPECT_EQ(check("\"a\"", "ge", "\"a\""), met);
    EXPECT_EQ(check("\"é\"", "gt", "\"z\""), met);
}

TEST(In, FindsTheClaimInAnArrayOrAmongTheNamesOfAnObject) {
    EXPECT_EQ(check("\"a\"", "in", "[\"b\",\"a\"]"), met);
    EXPECT_EQ(check("\"a\"", "in", "[\"ab\"]"), not_met);
    EXPECT_EQ(check("\"a\"", "in", "[]"), not_met);
    EXPECT_EQ(check("[1]", "in", "[1,[1]]"), met);
    EXPECT_EQ(check("\"a\"", "in", "{\"a\":null}"), met);
    EXPECT_EQ(check("\"a\"", "in", "{\"b\":\"a\"}"), not_met);
}

TEST(Any, FindsACommonElement) {
    EXPECT_EQ(check("[\"a\",\"b\"]", "any", "[\"c\",\"b\"]"), met);
    EXPECT_EQ(check("[\"a\",\"b\"]", "any", "[\"c\"]"), not_met);
    EXPECT_EQ(check("[]", "any", "[]"), not_met);
    EXPECT_EQ(check("[1,[2]]", "any", "[[2]]"), met);
}

TEST(Any, TakesAScalarAsAnArrayOfOne) {
    EXPECT_EQ(check("\"a\"", "any", "[\"a\"]"), met);
    EXPECT_EQ(check("[\"b\",\"a\"]", "any", "\"a\""), met);
    EXPECT_EQ(check("\"a\"", "any", "\"a\""), met);
    EXPECT_EQ(check("\"a\"", "any", "\"b\""), not_met);
    EXPECT_EQ(check("\"a\"", "!any", "[\"a\"]"), not_met);
}

TEST(Match, FindsThePatternAnywhereUnlessItIsAnchored) {
    EXPECT_EQ(check("\"alice@example.com\"", "match", R"("@example\\.com")"), met);
    EXPECT_EQ(check("\"alice@exampleXcom\"", "match", R"("@example\\.com")"), not_met);
    EXPECT_EQ(check("\"xadmin\"", "match", R"("\\Aadmin\\z")"), not_met);
    EXPECT_EQ(check("\"Admin\"", "match", R"("(?i)admin")"), met);
    EXPECT_EQ(check("\"\"", "match", R"("")"), met);
}

TEST(Match, CountsCharactersAndNotBytes) {
    EXPECT_EQ(check("\"é\"", "match", R"("\\A.\\z")"), met);
}

TEST(Negation, TurnsTheOutcomeAround) {
    EXPECT_EQ(check("1", "!eq", "1"), not_met);
    EXPECT_EQ(check("1", "!gt", "1"), met);
    EXPECT_EQ(check("1", "!ge", "1"), not_met);
    EXPECT_EQ(check("1", "!lt", "1"), met);
    EXPECT_EQ(check("1", "!le", "1"), not_met);
    EXPECT_EQ(check("1", "!in", "[1]"), not_met);
    EXPECT_EQ(check("1", "!any", "[2]"), met);
    EXPECT_EQ(check("\"a\"", "!match", "\"b\""), met);
}

TEST(OperatorName, HasAliases) {
    EXPECT_EQ(check("1", "ne", "2"), met);
    EXPECT_EQ(check("1", "ne", "1"), not_met);
    EXPECT_EQ(check("1", "nin", "[2]"), met);
    EXPECT_EQ(check("[1]", "intersect", "[1]"), met);
    EXPECT_EQ(check("[1]", "nintersect", "[1]"), not_met);
}

TEST(OperatorName, IsOneOfTheKnownOnes) {
    for (const std::string_view name : {"", "!", "EQ", "eq ", "!!eq", "!ne", "!nin", "!intersect", "equals", "=="})
        EXPECT_FALSE(Comparison::parse(name)) << name;
}

TEST(ExpectedString, IsTakenAsItIs) {
    const auto document = json::Document::parse(R"("a\"b\\\n$")");
    const auto expected = Expected::from_string("a\"b\\\n$", Operator::eq);
    ASSERT_TRUE(expected);
    EXPECT_EQ(outcome(compare(document->root(), {Operator::eq}, *expected)), met);
}

}  // namespace
}  // namespace oauth
