#include "cli/own_nginx.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

using namespace std::string_literals;

TEST(OwnNginxTest, IsKnownByHowItWasCalled) {
    EXPECT_TRUE(is_own_nginx("/usr/bin/mcp-resource\0nginx\0"s));
    EXPECT_TRUE(is_own_nginx("mcp-resource\0nginx\0-c\0/x\0"s));
    for (const std::string& other : {""s, "nginx\0"s, "/usr/bin/mcp-resource\0run\0"s, "mcp-resource"s,
                                     "mcp-resource\0run\0nginx\0"s, "/x/not-mcp-resource\0nginx\0"s})
        EXPECT_FALSE(is_own_nginx(other)) << other;
}

TEST(OwnNginxTest, TheStateOfARunIsAmongItsArguments) {
    EXPECT_EQ(state_of_run("/usr/bin/mcp-resource\0run\0--state\0/run/mcp\0--port\08080\0"s), "/run/mcp");
    EXPECT_EQ(state_of_run("mcp-resource\0run\0--state=/run/mcp\0"s), "/run/mcp");
    for (const std::string& other :
         {""s, "mcp-resource\0run\0"s, "mcp-resource\0run\0--state\0"s, "mcp-resource\0run\0--state\0run\0"s,
          "mcp-resource\0check\0--state\0/x\0"s, "other\0run\0--state\0/x\0"s})
        EXPECT_EQ(state_of_run(other), "") << other;
}

}  // namespace
}  // namespace cli
