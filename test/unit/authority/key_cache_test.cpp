#include "authority/key_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "authority/shared_document.h"
#include "support/key_set.h"
#include "support/nginx.h"

namespace authority {
namespace {

using std::chrono::milliseconds;
using Result = std::expected<Keys, std::string>;

const std::string key_set = support::key_set("a");

base::Sha256 place(int number) {
    return base::must_sha256_of({std::to_string(number)});
}

class KeyCacheTest : public testing::Test {
protected:
    // What is asked for, and what comes.
    void keep(int number, const Result& answer, Standing standing = Standing::own) {
        cache.keep_answer(place(number), answer, SharedDocument::now(), standing);
    }
    bool has_keys(int number) {
        const KeptAnswer* answer = cache.answer(place(number));
        return answer != nullptr && answer->keys() != nullptr;
    }

    support::Nginx nginx;
    KeyCache cache;
    const Result some = cache.document(key_set, KeyFormat::jwks, "test");
    const Result failure = std::unexpected("nobody is there");
};

TEST_F(KeyCacheTest, ADocumentIsParsedOnce) {
    ASSERT_TRUE(some);
    EXPECT_EQ(cache.document(key_set, KeyFormat::jwks, "elsewhere"), some);
    const auto other = cache.document(R"({"keys":[]})", KeyFormat::jwks, "test");
    ASSERT_TRUE(other);
    EXPECT_NE(*other, *some);
    EXPECT_NE(cache.document(R"({"a":"c2VjcmV0LW9mLTMyLWJ5dGVzLWFzLWhzMjU2LXdhbnRz"})", KeyFormat::keyval, "test"),
              cache.document(R"({"a":"c2VjcmV0LW9mLTMyLWJ5dGVzLWFzLWhzMjU2LXdhbnRz"})", KeyFormat::jwks, "test"))
        << "one text in two formats is two documents";
}

TEST_F(KeyCacheTest, WhatIsWrongWithADocumentIsLoggedOnce) {
    const std::string document = std::string(key_set.substr(0, key_set.size() - 2)) + R"(,{"kty":"XYZ","kid":"b"}]})";
    const auto logged = [] { return support::Nginx::lines().size(); };
    const auto before = logged();
    ASSERT_TRUE(cache.document(document, KeyFormat::jwks, "the test"));
    ASSERT_EQ(logged(), before + 1);
    EXPECT_TRUE(support::Nginx::lines().back().starts_with("keys of the test: ")) << support::Nginx::lines().back();
    ASSERT_TRUE(cache.document(document, KeyFormat::jwks, "the test"));
    EXPECT_EQ(logged(), before + 1);
}

TEST_F(KeyCacheTest, AFileIsReadAgainWhenItHasChangedAndIsAFaultWhenItHasGone) {
    std::string name = testing::TempDir() + "key_cache_XXXXXX";
    name = std::string(mkdtemp(name.data())) + "/jwks.json";
    EXPECT_FALSE(cache.file(name, KeyFormat::jwks));
    std::ofstream(name) << key_set;
    const auto first = cache.file(name, KeyFormat::jwks);
    ASSERT_TRUE(first);
    EXPECT_EQ(cache.file(name, KeyFormat::jwks), first);
    std::ofstream(name) << R"({"keys":[]})";
    const auto second = cache.file(name, KeyFormat::jwks);
    ASSERT_TRUE(second);
    EXPECT_TRUE((*second)->keys().empty());
    std::filesystem::remove_all(std::filesystem::path(name).parent_path());
    EXPECT_FALSE(cache.file(name, KeyFormat::jwks));
}

TEST_F(KeyCacheTest, AFailureLeavesTheKeysThatAreThereAndIsNotRepeatedSoon) {
    keep(1, some);
    KeptAnswer* answer = cache.answer(place(1));
    ASSERT_NE(answer, nullptr);
    EXPECT_TRUE(answer->may_be_asked_for());
    EXPECT_TRUE(answer->is_fresh(std::chrono::hours(1)));
    EXPECT_FALSE(answer->is_fresh(milliseconds(0)));
    EXPECT_TRUE(answer->is_usable(milliseconds(0))) << "by those who need not wait";
    keep(1, failure);
    answer = cache.answer(place(1));
    EXPECT_EQ(answer->keys(), *some);
    EXPECT_EQ(answer->failure(), "nobody is there");
    EXPECT_FALSE(answer->may_be_asked_for());
    EXPECT_GT(answer->time_to_turn(), KeptAnswer::interval / 2);
    keep(1, some);
    EXPECT_TRUE(cache.answer(place(1))->may_be_asked_for());
}

TEST_F(KeyCacheTest, WhatNeverCameIsKnownToHaveFailedAndIsNeverFresh) {
    keep(1, failure);
    const KeptAnswer* answer = cache.answer(place(1));
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->keys(), nullptr);
    EXPECT_FALSE(answer->asked_at());
    EXPECT_FALSE(answer->is_fresh(std::chrono::hours(1)));
    EXPECT_FALSE(answer->is_usable(std::chrono::hours(1)));
}

TEST_F(KeyCacheTest, ATokenHasOneTurnInEachInterval) {
    keep(1, some);
    KeptAnswer* answer = cache.answer(place(1));
    EXPECT_EQ(answer->time_to_turn(), milliseconds(0));
    answer->take_turn();
    EXPECT_GT(answer->time_to_turn(), KeptAnswer::interval / 2);
}

// Nobody else may cost anybody his keys.
TEST_F(KeyCacheTest, NeitherFailuresNorStrangersPushOutKeys) {
    keep(0, some);
    for (int i = 1; i <= 5000; ++i) {
        keep(i, failure);
        keep(10'000 + i, some, Standing::stranger);
        keep(20'000 + i, failure, Standing::stranger);
    }
    EXPECT_TRUE(has_keys(0));
    EXPECT_EQ(cache.answer(place(1)), nullptr) << "failures are bounded";
    EXPECT_FALSE(has_keys(10'001)) << "strangers are bounded";
}

TEST(StrangersBudget, SixteenAtOnceThenOneInASecond) {
    const support::Nginx nginx;
    StrangersBudget budget;
    const auto taken = [&] {
        int count = 0;
        while (count < 1000 && budget.take())
            ++count;
        return count;
    };
    EXPECT_EQ(taken(), 16);
    support::Nginx::pass(milliseconds(999));
    EXPECT_EQ(taken(), 0);
    support::Nginx::pass(milliseconds(1));
    EXPECT_EQ(taken(), 1);
    support::Nginx::pass(std::chrono::hours(1));
    EXPECT_EQ(taken(), 16) << "what was not used is not saved up";
}

}  // namespace
}  // namespace authority
