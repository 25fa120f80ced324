#include "base/lru_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace base {
namespace {

std::string value_of(LruCache<int, std::string>& cache, int key) {
    const std::string* value = cache.find(key);
    return value != nullptr ? *value : "nothing";
}

TEST(LruCache, KeepsWhatWasInserted) {
    LruCache<int, std::string> cache(2);
    EXPECT_EQ(value_of(cache, 1), "nothing");
    EXPECT_EQ(cache.insert(1, "one"), "one");
    cache.insert(2, "two");
    EXPECT_EQ(value_of(cache, 1), "one");
    EXPECT_EQ(value_of(cache, 2), "two");
}

TEST(LruCache, ReplacesTheValueOfAKey) {
    LruCache<int, std::string> cache(2);
    cache.insert(1, "one");
    cache.insert(1, "uno");
    EXPECT_EQ(value_of(cache, 1), "uno");
    EXPECT_EQ(cache.size(), 1U);
}

TEST(LruCache, DropsTheEntryThatWasNotAskedForTheLongest) {
    LruCache<int, std::string> cache(2);
    cache.insert(1, "one");
    cache.insert(2, "two");
    EXPECT_EQ(value_of(cache, 1), "one");
    cache.insert(3, "three");
    EXPECT_EQ(value_of(cache, 2), "nothing");
    EXPECT_EQ(value_of(cache, 1), "one");
    EXPECT_EQ(value_of(cache, 3), "three");
    EXPECT_EQ(cache.size(), 2U);
}

TEST(LruCache, LetsGoOfDroppedValues) {
    LruCache<int, std::shared_ptr<int>> cache(1);
    const auto value = std::make_shared<int>(1);
    cache.insert(1, value);
    EXPECT_EQ(value.use_count(), 2);
    cache.insert(2, nullptr);
    EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace base
