#include "mcp/redis_text.h"

#include <gtest/gtest.h>

#include <string>

namespace mcp {
namespace {

TEST(RedisText, APrefixHasPlainCharactersOnly) {
    for (const std::string& good : {std::string("m"), std::string("a-B_c.0:"), std::string(64, 'x')})
        EXPECT_TRUE(is_redis_prefix(good)) << good;
    for (const std::string& bad : {std::string(), std::string("a*"), std::string("a b"), std::string("{a}"),
                                   std::string("\xC3\xA4"), std::string("a\0", 2), std::string(65, 'x')})
        EXPECT_FALSE(is_redis_prefix(bad)) << bad;
}

TEST(RedisText, TheWordsForWithoutRedis) {
    EXPECT_EQ(read_on_error("deny"), OnError::deny);
    EXPECT_EQ(read_on_error("allow"), OnError::allow);
    for (const std::string bad : {"", "Deny", "pass", "allow "})
        EXPECT_EQ(read_on_error(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace mcp
