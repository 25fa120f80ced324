#include "oauth/introspection/cached_response.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "support/outcome.h"

namespace oauth::introspection {
namespace {

using support::outcome;

constexpr NumericDate now = 1'700'000'000;
constexpr std::string_view alice = R"({"active":true,"sub":"alice","aud":"https://rs","exp":1700000010})";

base::Sha256 key_of(std::string_view question) {
    return *base::sha256_of({question});
}

ClaimsRules rules() {
    ClaimsRules rules;
    rules.allow_missing_expiration = true;
    return rules;
}

class CachedResponseTest : public testing::Test {
protected:
    std::expected<std::shared_ptr<const VerifiedToken>, Error> check(std::string_view body) {
        auto [token, explanation] = check_cached(cache_, key_of("q"), body, rules_, time_);
        explanation_ = std::move(explanation);
        return std::move(token);
    }
    TokenCache cache_;
    ClaimsRules rules_ = rules();
    NumericDate time_ = now;
    std::string explanation_;
};

TEST_F(CachedResponseTest, TheSameAnswerIsParsedOnce) {
    const auto first = check(alice);
    const auto second = check(std::string(alice));
    ASSERT_EQ(outcome(first), "ok");
    ASSERT_EQ(outcome(second), "ok");
    EXPECT_EQ(*first, *second);
    EXPECT_EQ(cache_.size(), 1);
}

TEST_F(CachedResponseTest, AKeptTokenExpires) {
    time_ = now + 9;
    EXPECT_EQ(outcome(check(alice)), "ok");
    time_ = now + 10;
    EXPECT_EQ(outcome(check(alice)), "expired");
}

TEST_F(CachedResponseTest, AKeptTokenIsCheckedByTheRulesOfEachUse) {
    EXPECT_EQ(outcome(check(alice)), "ok");
    rules_.accepted_audiences = {"https://other"};
    EXPECT_EQ(outcome(check(alice)), "audience_not_accepted");
    rules_.accepted_audiences = {"https://rs"};
    EXPECT_EQ(outcome(check(alice)), "ok");
}

TEST_F(CachedResponseTest, WhatDiffersIsSaidOfAKeptTokenAndOfANewOne) {
    const std::string different = R"(aud is "https://rs", accepted is "https://other")";
    rules_.accepted_audiences = {"https://other"};
    EXPECT_EQ(outcome(check(alice)), "audience_not_accepted");
    EXPECT_EQ(explanation_, different);
    rules_.accepted_audiences = {"https://rs"};
    EXPECT_EQ(outcome(check(alice)), "ok");
    EXPECT_EQ(explanation_, "");
    rules_.accepted_audiences = {"https://other"};
    EXPECT_EQ(outcome(check(alice)), "audience_not_accepted");
    EXPECT_EQ(explanation_, different);
}

TEST_F(CachedResponseTest, AnotherAnswerToTheSameQuestionTakesTheOldOnesPlace) {
    EXPECT_EQ(outcome(check(alice)), "ok");
    EXPECT_EQ(outcome(check(R"({"active":false})")), "token_inactive");
    const std::string renewed = R"({"active":true,"sub":"alice","exp":1700000099})";
    const auto first = check(renewed);
    ASSERT_EQ(outcome(first), "ok");
    EXPECT_EQ((*first)->expiration(), now + 99);
    EXPECT_EQ(*check(renewed), *first);
    EXPECT_EQ(cache_.size(), 1);
}

TEST_F(CachedResponseTest, TheSameAnswerToAnotherQuestionIsAnotherEntry) {
    EXPECT_EQ(outcome(check(alice)), "ok");
    EXPECT_EQ(outcome(check_cached(cache_, key_of("p"), alice, rules_, now).token), "ok");
    EXPECT_EQ(cache_.size(), 2);
}

TEST_F(CachedResponseTest, WhatIsNotGoodIsNotKept) {
    rules_.accepted_audiences = {"https://other"};
    EXPECT_EQ(outcome(check(alice)), "audience_not_accepted");
    EXPECT_EQ(outcome(check(R"({"active":false})")), "token_inactive");
    EXPECT_EQ(outcome(check("<html>")), "document_not_json");
    EXPECT_EQ(outcome(check(R"({"active":true,"exp":"never"})")), "answer_claim_invalid");
    EXPECT_EQ(cache_.size(), 0);
}

}  // namespace
}  // namespace oauth::introspection
