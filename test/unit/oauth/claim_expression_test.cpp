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
const std::string_view missing = text(Mismatch::claim_missing);
const std::string_view types_differ = text(Mismatch::types_differ);

const std::vector<std::string_view> all_operators = {"eq", "gt", "ge", "lt", "le", "in", "any", "match"};

// With a leeway of 100 seconds for a claim.
std::string_view check_time(Leeway::Of claim, std::string_view value, std::string_view op,
                            std::string_view expected_json) {
    const auto document = json::Document::parse(value);
    EXPECT_TRUE(document) << value;
    const Comparison comparison = parse(op);
    const auto expected = Expected::from_json(expected_json, comparison.op);
    EXPECT_TRUE(expected) << expected_json;
    return outcome(compare(document->root(), comparison, *expected, {claim, std::chrono::seconds(100)}));
}

// What a constant of an operator must be instead; empty: it can hold for some claim.
std::string_view needed(std::string_view op, std::string_view expected_json) {
    const Operator parsed = parse(op).op;
    const auto expected = Expected::from_json(expected_json, parsed);
    EXPECT_TRUE(expected) << expected_json;
    return expected->needed_instead(parsed);
}

TEST(AnExpectedString, MayBeANumberInDisguise) {
    const auto is_number = [](std::string_view text) {
        return Expected::from_string(text, Operator::gt)->is_number_in_string();
    };
    for (const char* text : {"0", "-1", "1.5", "1e3", "1700000000"})
        EXPECT_TRUE(is_number(text)) << text;
    for (const char* text : {"", "abc", "2024-01-31", "007", "1x", "true", "[1]", "\"1\""})
        EXPECT_FALSE(is_number(text)) << text;
    EXPECT_FALSE(Expected::from_json("1", Operator::gt)->is_number_in_string());
}

// --- What must never let a token in ---------------------------------------------------------------------------------

TEST(ComparisonOf, AMissingClaimFailsNegatedOrNot) {
    for (const std::string_view op : all_operators)
        for (const std::string& name : {std::string(op), "!" + std::string(op)})
            EXPECT_EQ(check_missing(name, op == "in" ? "[]" : "\"x\""), text(Mismatch::claim_missing)) << name;
}

TEST(ComparisonOf, TypesThatTheOperatorDoesNotKnowFailsNegatedOrNot) {
    for (const std::string_view op : {"gt", "ge", "lt", "le"})
        for (const std::string_view claim : {"true", "[1]", "{}", "\"1\""})
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

// --- Leeway ---------------------------------------------------------------------------------------------------------

TEST(Leeway, MakesExpCountLaterForALowerBound) {
    using enum Leeway::Of;
    EXPECT_EQ(check_time(exp, "1000", "gt", "1099"), met);
    EXPECT_EQ(check_time(exp, "1000", "gt", "1100"), not_met) << "as the built-in check: expired from that second on";
    EXPECT_EQ(check_time(exp, "1000", "ge", "1100"), met);
    EXPECT_EQ(check_time(exp, "1000", "ge", "1101"), not_met);
    EXPECT_EQ(check_time(exp, "1000", "!le", "1099"), met);
    EXPECT_EQ(check_time(exp, "1000", "!le", "1100"), not_met);
    EXPECT_EQ(check_time(exp, "1000", "!lt", "1100"), met);
    EXPECT_EQ(check_time(exp, "1000", "!lt", "1101"), not_met);
    EXPECT_EQ(check_time(exp, "1000.5", "gt", "1100"), met);
    EXPECT_EQ(check_time(exp, "1000.5", "gt", "1100.5"), not_met);
}

TEST(Leeway, MakesNbfCountEarlierForAnUpperBound) {
    using enum Leeway::Of;
    EXPECT_EQ(check_time(nbf, "1000", "le", "900"), met);
    EXPECT_EQ(check_time(nbf, "1000", "le", "899"), not_met);
    EXPECT_EQ(check_time(nbf, "1000", "lt", "901"), met);
    EXPECT_EQ(check_time(nbf, "1000", "lt", "900"), not_met);
    EXPECT_EQ(check_time(nbf, "1000", "!gt", "900"), met);
    EXPECT_EQ(check_time(nbf, "1000", "!gt", "899"), not_met);
    EXPECT_EQ(check_time(nbf, "1000", "!ge", "901"), met);
    EXPECT_EQ(check_time(nbf, "1000", "!ge", "900"), not_met);
    EXPECT_EQ(check_time(nbf, "1000.5", "le", "900.5"), met);
    EXPECT_EQ(check_time(nbf, "1000.5", "le", "900"), not_met);
}

TEST(Leeway, NeverLoosensAnotherBoundOperatorOrClaim) {
    using enum Leeway::Of;
    for (const std::string_view op : {"lt", "!ge"}) {
        EXPECT_EQ(check_time(exp, "1000", op, "1000"), not_met) << op;
        EXPECT_EQ(check_time(exp, "1000", op, "1001"), met) << op << ": nor tightens it";
    }
    for (const std::string_view op : {"gt", "!le"}) {
        EXPECT_EQ(check_time(nbf, "1000", op, "1000"), not_met) << op;
        EXPECT_EQ(check_time(nbf, "1000", op, "999"), met) << op << ": nor tightens it";
    }
    for (const Leeway::Of claim : {exp, nbf}) {
        for (const std::string_view other : {"900", "999", "1001", "1100"}) {
            EXPECT_EQ(check_time(claim, "1000", "eq", other), not_met) << other;
            EXPECT_EQ(check_time(claim, "1000", "any", other), not_met) << other;
            EXPECT_EQ(check_time(claim, "1000", "in", '[' + std::string(other) + ']'), not_met) << other;
        }
        EXPECT_EQ(check_time(claim, "1000", "ne", "1000"), not_met);
        EXPECT_EQ(check_time(claim, "1000", "nin", "[1000]"), not_met);
        EXPECT_EQ(check_time(claim, R"("b")", "gt", R"("c")"), not_met);
        EXPECT_EQ(check_time(claim, "1000", "gt", R"("1")"), types_differ);
    }
    EXPECT_EQ(check_time(neither, "1000", "gt", "1000"), not_met);
    EXPECT_EQ(check_time(neither, "1000", "lt", "1000"), not_met);
}

TEST(Leeway, DoesNotOverflow) {
    using enum Leeway::Of;
    EXPECT_EQ(check_time(exp, "9223372036854775807", "gt", "9223372036854775806"), met);
    EXPECT_EQ(check_time(exp, "18446744073709551615", "gt", "0"), met);
    EXPECT_EQ(check_time(exp, "1000", "gt", "18446744073709551615"), not_met);
    EXPECT_EQ(check_time(nbf, "-9223372036854775808", "lt", "0"), met);
}

// --- Constants ------------------------------------------------------------------------------------------------------

TEST(ExpectedValue, OfAKindThatNoClaimCanMeetIsKnownBeforeATokenComes) {
    struct Row {
        std::vector<std::string_view> operators;
        std::vector<std::string_view> possible;
        std::vector<std::string_view> impossible;
    };
    const std::vector<Row> rows = {
        {{"eq", "ne", "any", "intersect", "nintersect"},
         {"1", "1.5", R"("a")", "true", "null", "[]", "[1]", "{}", R"({"a":1})"},
         {}},
        {{"gt", "ge", "lt", "le"},
         {"1", "-1.5", "18446744073709551615", R"("a")", R"("")"},
         {"true", "null", "[1]", "{}"}},
        {{"in", "nin"}, {"[]", "[1]", "{}", R"({"a":1})"}, {"1", "1.5", R"("a")", "false", "null"}},
        {{"match"}, {R"("a")", R"("")"}, {"1", "1.5", "true", "null", R"(["a"])", R"({"a":1})"}},
    };
    for (const Row& row : rows)
        for (const std::string_view op : row.operators) {
            for (const std::string_view value : row.possible)
                EXPECT_EQ(needed(op, value), "") << op << ' ' << value;
            for (const std::string_view value : row.impossible)
                EXPECT_NE(needed(op, value), "") << op << ' ' << value;
        }
}

// It must not refuse what works.
TEST(ExpectedValue, ThatNeedsSomethingElseFailsForEveryKindOfClaim) {
    const std::vector<std::string_view> values = {"1",  "1.5",      R"("a")", "true",      "null",
                                                  "[]", R"(["a"])", "{}",     R"({"a":1})"};
    for (const std::string_view op : all_operators)
        for (const std::string_view value : values)
            for (const std::string_view claim : values) {
                if (needed(op, value).empty()) continue;
                EXPECT_EQ(check(claim, op, value), types_differ) << claim << ' ' << op << ' ' << value;
                EXPECT_EQ(check(claim, '!' + std::string(op), value), claim == "null" ? missing : types_differ)
                    << claim << " !" << op << ' ' << value;
            }
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

TEST(Null, MeansThatTheClaimIsAbsent) {
    for (const std::string_view op : all_operators)
        for (const std::string_view value : {R"("a")", "1", "null", "[]", "[null]", R"(["a"])", "{}", "true"})
            EXPECT_EQ(check("null", '!' + std::string(op), value), missing) << "null !" << op << ' ' << value;
    for (const std::string_view alias : {"ne", "nin", "nintersect"})
        EXPECT_EQ(check("null", alias, R"(["a"])"), missing) << alias;
}

TEST(Null, IsWhatOnlyARuleThatNamesItIsMetBy) {
    EXPECT_EQ(check("null", "eq", "null"), met);
    EXPECT_EQ(check("null", "in", "[null]"), met);
    EXPECT_EQ(check("null", "eq", R"("null")"), not_met);
    EXPECT_EQ(check("null", "any", R"(["a"])"), not_met);
    EXPECT_EQ(check("null", "match", R"("")"), types_differ);
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

// --- Numbers beyond 64 bits ---

TEST(ClaimExpression, OfANumberBeyondSixtyFourBitsIsARefusalWhateverIsAsked) {
    for (const std::string_view claim : {"18446744073709551616", "-1e400", "[1,1e400]", R"({"a":[1e400]})"})
        for (const std::string_view op : all_operators)
            for (const std::string_view expected : {"0", "0.0", "1", R"("1e400")", R"(["a",1])", "[0.0]", "null"})
                for (const std::string& negated : {std::string(op), "!" + std::string(op)}) {
                    const auto document = json::Document::parse(claim, {.keep_large_numbers = true});
                    const Comparison comparison = parse(negated);
                    const auto right = Expected::from_json(expected, comparison.op);
                    if (!right) continue;
                    EXPECT_EQ(outcome(compare(document->root(), comparison, *right)),
                              text(Mismatch::claim_number_too_large))
                        << claim << ' ' << negated << ' ' << expected;
                }
}

}  // namespace
}  // namespace oauth
