#include "shared/redis_trouble.h"

#include <gtest/gtest.h>

namespace shared {
namespace {

TEST(RedisTrouble, SaysWhatToDo) {
    for (const auto& [error, advice] :
         {std::pair{"NOAUTH Authentication required.", "password_file="},
          {"WRONGPASS invalid username-password pair or user is disabled.", "user="},
          {"NOPERM this user has no permissions to run the 'evalsha' command", "rights"},
          {"ERR The user executing the script can't run this command or subcommand", "rights"},
          {"READONLY You can't write against a read only replica.", "primary"},
          {"LOADING Redis is loading the dataset in memory", "loading"},
          {"MASTERDOWN Link with MASTER is down", "primary"},
          {"OOM command not allowed when used memory > 'maxmemory'.", "maxmemory-policy volatile-ttl"},
          {"MISCONF Redis is configured to save RDB snapshots", "stop-writes-on-bgsave-error"},
          {"NOREPLICAS Not enough good replicas to write.", "min-replicas-to-write"},
          {"BUSY Redis is busy running a script.", "SCRIPT KILL"},
          {"WRONGTYPE Operation against a key holding the wrong kind of value", "prefix="},
          {"FOREIGN the value of mcp:limit:x is not a state of a rate limit", "prefix="},
          {"MOVED 3999 127.0.0.1:6381", "cluster"},
          {"CROSSSLOT Keys in request don't hash to the same slot", "cluster"},
          {"CLUSTERDOWN Hash slot not served", "cluster"}}) {
        EXPECT_TRUE(redis_trouble(error).text.contains(advice)) << redis_trouble(error).text;
        EXPECT_TRUE(redis_trouble(error).text.contains(std::string_view(error).substr(0, 4)))
            << redis_trouble(error).text;
    }
}

TEST(RedisTrouble, AnUnknownErrorIsShownCutAndInPrintableAscii) {
    const std::string text = redis_trouble("ERR \x1b[31m\r\n\"\xff" + std::string(5000, 'a')).text;
    EXPECT_TRUE(text.contains("ERR %1B[31m%0D%0A%22%FFaaa")) << text;
    EXPECT_LT(text.size(), 400U);
    EXPECT_TRUE(redis_trouble("").text.contains("it fails"));
}

TEST(RedisTrouble, AnotherConnectionHelpsWhereTheServerMayBeAnother) {
    for (const std::string_view error : {"READONLY x", "LOADING x", "MASTERDOWN x", "NOAUTH x"})
        EXPECT_TRUE(redis_trouble(error).reconnects) << error;
    for (const std::string_view error : {"NOPERM x", "OOM x", "WRONGTYPE x", "MOVED x", "ERR x", "READONLYx y"})
        EXPECT_FALSE(redis_trouble(error).reconnects) << error;
}

TEST(RedisTrouble, AMissingScriptIsNone) {
    EXPECT_TRUE(lacks_script("NOSCRIPT No matching script. Please use EVAL."));
    EXPECT_FALSE(lacks_script("NOSCRIPTS"));
    EXPECT_FALSE(lacks_script("ERR NOSCRIPT"));
}

}  // namespace
}  // namespace shared
