#include "cli/render/configuration.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

TEST(NginxParameterTest, IsWhatNginxReadsAsTheText) {
    EXPECT_EQ(nginx_parameter("https://a.example.com/b?c=d"), "https://a.example.com/b?c=d");
    EXPECT_EQ(nginx_parameter(""), R"("")");
    EXPECT_EQ(nginx_parameter("a b"), R"("a b")");
    EXPECT_EQ(nginx_parameter("a;b"), R"("a;b")");
    EXPECT_EQ(nginx_parameter("a{b}"), R"("a{b}")");
    EXPECT_EQ(nginx_parameter("a#b"), R"("a#b")");
    EXPECT_EQ(nginx_parameter("a'b"), R"("a'b")");
    EXPECT_EQ(nginx_parameter(R"(a"b\c)"), R"("a\"b\\c")");
    EXPECT_EQ(nginx_parameter("\xC3\xA9"), "\"\xC3\xA9\"");
}

TEST(PathPatternTest, MatchesNothingElse) {
    EXPECT_EQ(path_pattern("/mcp"), "/mcp");
    EXPECT_EQ(path_pattern("/a.b(c)+$"), R"(/a\.b\(c\)\+\$)");
}

TEST(ConfigurationTest, EveryLineKnowsWhomItIsAbout) {
    Configuration conf;
    conf.open("a", {});
    conf.set_origin("x");
    conf.line("b", {"1"});
    conf.set_origin({});
    conf.close();
    EXPECT_EQ(conf.take_text(), "a {\n    b 1;\n}\n");
    EXPECT_THAT(conf.take_origins(), testing::ElementsAre("", "x", ""));
}

}  // namespace
}  // namespace cli
