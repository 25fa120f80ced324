#include "mcp/limit_rule.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "mcp/policy.h"

namespace mcp {
namespace {

constexpr std::string_view resource = "https://mcp.example.com/mcp";

const std::vector<Operation> batch = {{.method = "tools/call", .name = "write_a"},
                                      {.method = "tools/call", .name = "read_a"},
                                      {.method = "tools/call", .name = "write_b"},
                                      {.method = "ping"}};

LimitRule rule_for(std::vector<OperationPattern> operations) {
    return {.name = "subject", .rate = {}, .operations = std::move(operations)};
}

TEST(LimitRuleTest, WithoutAPatternEachRequestCountsOnceWhateverItAsksFor) {
    EXPECT_EQ(cost_of(rule_for({}), batch), 1U);
    EXPECT_EQ(cost_of(rule_for({}), {}), 1U);
}

TEST(LimitRuleTest, WithOneEachOperationThatItMatchesCounts) {
    EXPECT_EQ(cost_of(rule_for({{.method = "tools/call", .name = "write_*"}}), batch), 2U);
    EXPECT_EQ(cost_of(rule_for({{.method = "*"}}), batch), 4U);
    EXPECT_EQ(cost_of(rule_for({{.method = "resources/*"}}), batch), 0U);
    EXPECT_EQ(cost_of(rule_for({{.method = "*"}}), {}), 0U) << "GET has no operation";
}

TEST(LimitRuleTest, AnOperationThatSeveralPatternsMatchCountsOnce) {
    EXPECT_EQ(cost_of(rule_for({{.method = "tools/*"}, {.name = "write_*"}}), batch), 3U);
}

TEST(LimitRuleTest, RulesThatCountSomethingElseHaveAnotherIdentity) {
    const LimitRule plain = rule_for({});
    std::vector<LimitRule> others(8, plain);
    others[0].by = LimitBy::client;
    others[1].rate.algorithm = LimitAlgorithm::fixed_window;
    others[2].rate.period = std::chrono::hours(1);
    others[3].operations = {{.method = "a", .name = "b"}};
    others[4].operations = {{.method = "ab", .name = ""}};
    others[5].operations = {{.method = "a", .name = "b"}, {.method = "a", .name = "b"}};
    others[6].rate.requests = 2;
    others[7].rate.burst = 1;
    std::set<base::Sha256> identities = {identity_of(resource, plain), identity_of("https://mcp.example.com/", plain)};
    for (const LimitRule& other : others)
        identities.insert(identity_of(resource, other));
    EXPECT_EQ(identities.size(), 10U);
}

TEST(LimitRuleTest, ItsNameMakesNoDifference) {
    LimitRule named = rule_for({});
    named.name = "another";
    EXPECT_EQ(identity_of(resource, named), identity_of(resource, rule_for({})));
}

TEST(LimitRuleTest, InWords) {
    EXPECT_EQ(words_for(rule_for({})), "1r/s, by subject");
    LimitRule rule = rule_for({{.method = "tools/call", .name = "write_*"}, {.method = "ping"}, {.name = "x"}});
    rule.rate = {.requests = 100, .period = std::chrono::minutes(1), .burst = 20};
    rule.by = LimitBy::address;
    EXPECT_EQ(words_for(rule), "100r/m, burst 20, by address: tools/call write_*, ping, x");
}

TEST(LimitRuleTest, OnlyALimitOfOperationsMakesPolicyDependOnThem) {
    Policy policy;
    policy.add_limit(rule_for({}));
    EXPECT_FALSE(policy.depends_on_operation());
    policy.add_limit(rule_for({{.method = "tools/call"}}));
    EXPECT_TRUE(policy.depends_on_operation());
    EXPECT_EQ(policy.limits().size(), 2U);
    EXPECT_TRUE(policy.general_scopes().empty());
}

// Who writes a URI in another way would not be counted.
TEST(LimitRuleTest, ALimitJudgesTheUrisThatItsPatternMayMatch) {
    Policy policy;
    policy.add_limit(rule_for({{.method = "resources/read", .name = "file:///secret/*"}}));
    EXPECT_TRUE(policy.judges_uri("FILE:///secret/../x"));
    EXPECT_FALSE(policy.judges_uri("note://x"));
}

}  // namespace
}  // namespace mcp
