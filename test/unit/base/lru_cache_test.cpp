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

using Weighed = LruCache<std::string, int>;

TEST(LruCache, IsBoundedByTheBytesOfItsValues) {
    Weighed cache(LruLimits{.max_entries = 10, .max_bytes = 100});
    cache.insert("a", 1, 40);
    cache.insert("b", 2, 40);
    EXPECT_EQ(cache.bytes(), 80U);
    EXPECT_NE(cache.find("a"), nullptr);
    cache.insert("c", 3, 60);
    EXPECT_FALSE(cache.contains("b"));
    EXPECT_TRUE(cache.contains("a"));
    EXPECT_EQ(cache.bytes(), 100U);
    cache.insert("d", 4, 100);
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(cache.bytes(), 100U);
}

TEST(LruCache, AnotherValueOfAKeyTakesThePlaceAndTheBytesOfTheOld) {
    Weighed cache(LruLimits{.max_entries = 10, .max_bytes = 100});
    cache.insert("a", 1, 40);
    cache.insert("b", 2, 40);
    cache.insert("a", 3, 60);
    EXPECT_EQ(*cache.find("a"), 3);
    EXPECT_EQ(*cache.find("b"), 2);
    EXPECT_EQ(cache.bytes(), 100U);
}

TEST(LruCache, AValueThatIsLargerThanTheWholeCachePushesNothingOut) {
    Weighed cache(LruLimits{.max_entries = 10, .max_bytes = 100});
    cache.insert("a", 1, 40);
    EXPECT_EQ(cache.insert("b", 2, 101), nullptr);
    EXPECT_TRUE(cache.contains("a"));
    EXPECT_FALSE(cache.contains("b"));
    EXPECT_EQ(cache.bytes(), 40U);
}

TEST(LruCache, ACacheWithoutRoomKeepsNothing) {
    Weighed cache(LruLimits{.max_entries = 0});
    EXPECT_EQ(cache.insert("a", 1, 0), nullptr);
    EXPECT_EQ(cache.size(), 0U);
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
