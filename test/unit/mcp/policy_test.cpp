#include "mcp/policy.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mcp {
namespace {

class PolicyTest : public testing::Test {
protected:
    oauth::ScopeSet set(std::initializer_list<std::string_view> names) {
        oauth::ScopeSet scopes;
        for (const auto name : names)
            scopes.insert(*table.intern(name));
        return scopes;
    }
    std::string required(const std::vector<Operation>& operations) { return table.names(policy.required(operations)); }

    oauth::ScopeTable table;
    Policy policy;
};

Operation call(std::string_view tool) {
    return {.method = "tools/call", .name = tool};
}
Operation plain(std::string_view method) {
    return {.method = method};
}

TEST_F(PolicyTest, AGeneralRuleHoldsForEveryRequest) {
    policy.add({.scopes = set({"mcp:read"})});
    EXPECT_FALSE(policy.depends_on_operation());
    EXPECT_EQ(required({}), "mcp:read");
    EXPECT_EQ(required({call("echo")}), "mcp:read");
}

// SPEC 17
TEST_F(PolicyTest, AllRulesThatMatchAreDemandedTogether) {
    policy.add({.scopes = set({"mcp:read"})});
    policy.add({.scopes = set({"tools"}), .operations = {.method = "tools/*"}});
    policy.add({.scopes = set({"admin", "audit"}), .operations = {.method = "tools/call", .name = "delete_*"}});
    EXPECT_TRUE(policy.depends_on_operation());
    EXPECT_EQ(required({call("delete_all")}), "mcp:read tools admin audit");
    EXPECT_EQ(required({call("echo")}), "mcp:read tools");
    EXPECT_EQ(required({plain("ping")}), "mcp:read");
}

TEST_F(PolicyTest, ANameRuleWithoutAMethodHoldsForToolsPromptsAndResources) {
    policy.add({.scopes = set({"secret"}), .operations = {.name = "secret*"}});
    EXPECT_EQ(required({call("secret_tool")}), "secret");
    EXPECT_EQ(required({{.method = "resources/read", .name = "secret://x"}}), "secret");
    EXPECT_EQ(required({plain("tools/list")}), "");
}

TEST_F(PolicyTest, EveryEntryOfABatchCounts) {
    policy.add({.scopes = set({"a"}), .operations = {.method = "tools/call", .name = "a"}});
    policy.add({.scopes = set({"b"}), .operations = {.method = "tools/call", .name = "b"}});
    EXPECT_EQ(required({call("a"), call("b")}), "a b");
}

TEST_F(PolicyTest, AResponseAsksForNothingBeyondTheGeneralScopes) {
    policy.add({.scopes = set({"any"}), .operations = {.method = "*"}});
    EXPECT_EQ(required({Operation{}}), "");
}

TEST_F(PolicyTest, AnonymousNeedsEveryOperationToBeListed) {
    policy.allow_anonymous("initialize");
    policy.allow_anonymous("*/list");
    const std::vector<Operation> listed = {plain("initialize"), plain("tools/list")};
    const std::vector<Operation> mixed = {plain("tools/list"), call("echo")};
    const std::vector<Operation> response = {Operation{}};
    EXPECT_TRUE(policy.all_anonymous(listed));
    EXPECT_FALSE(policy.all_anonymous(mixed));
    EXPECT_FALSE(policy.all_anonymous(response));
    EXPECT_FALSE(policy.all_anonymous({}));
    policy.add({.scopes = {}, .operations = {.method = "tools/list", .name = ""}});
    EXPECT_FALSE(policy.all_anonymous(listed)) << "a rule names one of them";
}

TEST_F(PolicyTest, UrisAreJudgedOnlyWhereANamePatternCanMatchOne) {
    policy.add({.scopes = set({"a"}), .operations = {.method = "tools/call", .name = "file:///*"}});
    policy.add({.scopes = set({"a"}), .operations = {.method = "resources/read"}});
    policy.add({.scopes = set({"a"}), .operations = {.method = "resources/list", .name = "*"}});
    policy.add({.scopes = set({"a"}), .operations = {.name = "delete_*"}});  // no scheme has an underscore
    policy.add({.scopes = set({"a"}), .operations = {.name = "echo"}});
    EXPECT_FALSE(policy.judges_uri("file:///secret/x"));
    for (const ScopeRule& rule : {ScopeRule{.operations = {.method = "resources/*", .name = "file:///secret/*"}},
                                  ScopeRule{.operations = {.method = "*/subscribe", .name = "*"}},
                                  ScopeRule{.operations = {.name = "*secret*"}}}) {
        Policy one;
        one.add(rule);
        EXPECT_TRUE(one.judges_uri("FILE:/secret/x")) << rule.operations.method << " " << rule.operations.name;
        EXPECT_TRUE(one.judges_uri("secret/x")) << rule.operations.method << " " << rule.operations.name;
    }
}

TEST_F(PolicyTest, UrisOfAnotherSchemeThanAnyPatternsAreNotJudged) {
    policy.add({.scopes = set({"a"}), .operations = {.method = "resources/*", .name = "file:///secret/*"}});
    policy.add({.scopes = set({"a"}), .operations = {.method = "resources/*", .name = "note://*"}});
    for (const std::string_view uri : {"greeting://World", "users://a%40b.com", "files:///secret/x", "https://h"})
        EXPECT_FALSE(policy.judges_uri(uri)) << uri;
    for (const std::string_view uri : {"File:///x", "NOTE:x", "no-scheme", "f%69le:///x", "fi le:///x", ""})
        EXPECT_TRUE(policy.judges_uri(uri)) << uri;
}

TEST_F(PolicyTest, AQueryTakesNoResourceOutOfARule) {
    policy.add({.scopes = set({"a"}), .operations = {.method = "resources/*", .name = "note://*/private"}});
    policy.add({.scopes = set({"b"}), .operations = {.method = "tools/call", .name = "echo"}});
    EXPECT_EQ(required({{.method = "resources/read", .name = "note://x/private?y=1"}}), "a");
    EXPECT_EQ(required({{.method = "resources/read", .name = "note://x/public?/private"}}), "a");  // as it is written
    EXPECT_EQ(required({{.method = "resources/read", .name = "note://x/public?y"}}), "");
    EXPECT_EQ(required({{.method = "tools/call", .name = "echo?x"}}), "");  // a tool has no query
}

TEST_F(PolicyTest, ATaskIdIsNoNameThatARuleCouldMatch) {
    policy.add({.scopes = set({"a"}), .operations = {.name = "*"}});
    EXPECT_EQ(required({{.method = "tasks/get", .task_id = "t1"}}), "");
}

TEST(GlobTest, StarsAndQuestionMarksMatchAndNothingElseIsSpecial) {
    EXPECT_TRUE(glob_matches("*", ""));
    EXPECT_TRUE(glob_matches("a*c", "abbbc"));
    EXPECT_TRUE(glob_matches("a*b*c", "axxbyyc"));
    EXPECT_TRUE(glob_matches("file:///*", "file:///etc/passwd"));
    EXPECT_TRUE(glob_matches("a?c", "abc"));
    EXPECT_FALSE(glob_matches("a?c", "ac"));
    EXPECT_FALSE(glob_matches("", "a"));
    EXPECT_FALSE(glob_matches("a*c", "abcd"));
    EXPECT_FALSE(glob_matches("Echo", "echo"));
    EXPECT_TRUE(glob_matches("[a]", "[a]"));
}

TEST_F(PolicyTest, AMethodIsAnonymousUnlessARuleIsAboutAllOfIt) {
    policy.allow_anonymous("tools/*");
    policy.allow_anonymous("initialize");
    policy.add({.operations = {.method = "tools/call", .name = "write_*"}});
    EXPECT_TRUE(policy.is_anonymous("tools/call"));
    EXPECT_TRUE(policy.is_anonymous("tools/list"));
    EXPECT_TRUE(policy.is_anonymous("initialize"));
    EXPECT_FALSE(policy.is_anonymous("ping"));
    policy.add({.operations = {.method = "tools/call", .name = "*"}});
    EXPECT_FALSE(policy.is_anonymous("tools/call"));
    policy.add({.operations = {.method = "init*"}});
    EXPECT_FALSE(policy.is_anonymous("initialize"));
    EXPECT_TRUE(policy.is_anonymous("tools/list"));
}

}  // namespace
}  // namespace mcp
