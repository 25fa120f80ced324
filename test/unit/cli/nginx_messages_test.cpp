#include "cli/nginx_messages.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

using testing::ElementsAre;
using testing::Field;

TEST(NginxMessagesTest, ALineSaysItsLevelAndItsPlaceHoweverItComes) {
    for (const std::string start : {"nginx: [warn] ", "2026/11/28 12:00:00 [warn] 17#17: "}) {
        const std::string line = start + "conflicting server name \"a in b\" on 0.0.0.0:80, ignored in ../x.conf:47";
        const auto message = parse_nginx_message(line);
        ASSERT_TRUE(message) << line;
        EXPECT_EQ(message->level, "warn");
        EXPECT_EQ(message->text, "conflicting server name \"a in b\" on 0.0.0.0:80, ignored");
        EXPECT_EQ(message->whole, std::string(message->text) + " in ../x.conf:47");
        EXPECT_EQ(message->file, "../x.conf");
        EXPECT_EQ(message->line, 47U);
    }
}

TEST(NginxMessagesTest, AMessageNeedsNoPlace) {
    const auto message = parse_nginx_message("nginx: [warn] something in 0.0.0.0:80, ignored");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->text, "something in 0.0.0.0:80, ignored");
    EXPECT_EQ(message->file, "");
}

TEST(NginxMessagesTest, WhatIsNoMessageIsNone) {
    for (const char* line : {"", "[", "x [warn] y", "nginx: the configuration file x syntax is ok",
                             "GET /[warn] HTTP/1.1", "nginx: [warn]"})
        EXPECT_FALSE(parse_nginx_message(line)) << line;
}

TEST(NginxMessagesTest, NotesAreNoWarnings) {
    EXPECT_THAT(nginx_warnings("nginx: [notice] a\nnginx: [warn] b\nnginx: the configuration file x syntax is ok\n"
                               "2026/11/28 12:00:00 [crit] 1#1: c"),
                ElementsAre(Field(&NginxMessage::text, "b"), Field(&NginxMessage::text, "c")));
}

}  // namespace
}  // namespace cli
