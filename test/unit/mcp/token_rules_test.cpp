#include "mcp/token_rules.h"

#include <gmock/gmock.h>

namespace mcp {
namespace {

using testing::ElementsAre;

oauth::ClaimsRules rules_for(std::string_view uri, const std::vector<std::string>& aliases = {}) {
    return claims_rules(*ResourceUri::parse(uri), aliases, {"https://as.example"}, std::chrono::seconds(5));
}

TEST(TokenRules, TheResourceIsTheAudienceAndItsAliasesAreBesideIt) {
    EXPECT_THAT(rules_for("https://mcp.example/mcp", {"api://mcp"}).accepted_audiences,
                ElementsAre("https://mcp.example/mcp", "api://mcp"));
    EXPECT_THAT(rules_for("https://mcp.example/mcp").accepted_issuers, ElementsAre("https://as.example"));
    EXPECT_EQ(rules_for("https://mcp.example/mcp").leeway.count(), 5);
}

TEST(TokenRules, ARootIsAlsoNamedWithItsSlash) {
    EXPECT_THAT(rules_for("https://mcp.example").accepted_audiences,
                ElementsAre("https://mcp.example", "https://mcp.example/"));
    EXPECT_THAT(rules_for("https://mcp.example?a").accepted_audiences, ElementsAre("https://mcp.example?a"));
}

TEST(TokenRules, TokensMustEndAndBeBearerTokensAndAnswersMayLeaveOutWhenTheyEnd) {
    const oauth::ClaimsRules rules = rules_for("https://mcp.example/mcp");
    EXPECT_TRUE(rules.bearer_only);
    EXPECT_FALSE(rules.allow_missing_expiration || rules.allow_missing_issuer || rules.ignore_expiration);
    const oauth::ClaimsRules of_answers = introspection_rules(rules);
    EXPECT_TRUE(of_answers.bearer_only && of_answers.allow_missing_expiration && of_answers.allow_missing_issuer);
    EXPECT_EQ(of_answers.accepted_audiences, rules.accepted_audiences);
}

}  // namespace
}  // namespace mcp
