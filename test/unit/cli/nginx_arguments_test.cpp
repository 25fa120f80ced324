#include "cli/nginx_arguments.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(EndsByItself, WhatOnlyAnswersOrTellsAnotherNginx) {
    for (const Command& arguments :
         {Command{"-t"}, Command{"-T"}, Command{"-V"}, Command{"-v"}, Command{"-h"}, Command{"-?"}, Command{"-qt"},
          Command{"-s", "reload"}, Command{"-sreload"}, Command{"-c", "x", "-t"}, Command{"-g", "a;", "-tc", "x"}})
        EXPECT_TRUE(ends_by_itself(arguments)) << arguments[0];
}

TEST(EndsByItself, NotWhatServesWhateverItsValuesLookLike) {
    for (const Command& arguments : {Command{}, Command{"-g", "daemon off;"}, Command{"-c", "-t"}, Command{"-c-t"},
                                     Command{"-p", "/test"}, Command{"-q"}, Command{"-e", "stderr"}, Command{"-g"}})
        EXPECT_FALSE(ends_by_itself(arguments));
}

TEST(DaemonOf, IsSaidOutsideOfBlocksAlone) {
    EXPECT_EQ(daemon_of("daemon off;"), Daemon::off);
    EXPECT_EQ(daemon_of("worker_processes 1; events { } daemon\n\"off\" ; http { }"), Daemon::off);
    EXPECT_EQ(daemon_of("events{}daemon on;"), Daemon::on);
    EXPECT_EQ(daemon_of(""), Daemon::unsaid);
    EXPECT_EQ(daemon_of("# daemon off;\nevents { }"), Daemon::unsaid);
    EXPECT_EQ(daemon_of("events { } http { map $a $b { daemon off; } }"), Daemon::unsaid);
    EXPECT_EQ(daemon_of("user daemon off; env 'x; daemon off;';"), Daemon::unsaid);
    EXPECT_EQ(daemon_of("env \"\\\"; daemon off;\"; events { }"), Daemon::unsaid);
    EXPECT_EQ(daemon_of("env ''; daemon off;"), Daemon::off);
}

TEST(DaemonOf, IsSafeAtEveryLength) {
    const std::string_view text = "env \"a\\\"b\" 'c'; # x\nhttp { } daemon off;";
    for (std::size_t size = 0; size + 1 < text.size(); size++)
        EXPECT_NE(daemon_of(text.substr(0, size)), Daemon::off) << size;
}

TEST(DaemonOf, TheCommandLineSaysItWithTheLastG) {
    EXPECT_EQ(daemon_of(Command{"nginx", "-q", "-g", "daemon off;"}), Daemon::off);
    EXPECT_EQ(daemon_of(Command{"nginx", "-gdaemon on;"}), Daemon::on);
    EXPECT_EQ(daemon_of(Command{"nginx", "-g", "daemon off;", "-g", "pid x;"}), Daemon::unsaid);
    EXPECT_EQ(daemon_of(Command{"nginx", "-p", "daemon off;"}), Daemon::unsaid);
}

TEST(StayInForeground, IsSaidInTheOneGlobalTextThatNginxTakes) {
    const auto after = [](Command command) {
        stay_in_foreground(command);
        return command;
    };
    EXPECT_EQ(after({"nginx"}), (Command{"nginx", "-g", "daemon off;"}));
    EXPECT_EQ(after({"nginx", "-g", "pid /tmp/p;"}), (Command{"nginx", "-g", "daemon off; pid /tmp/p;"}));
    EXPECT_EQ(after({"nginx", "-gpid /tmp/p;", "-q"}), (Command{"nginx", "-gdaemon off; pid /tmp/p;", "-q"}));
    EXPECT_EQ(after({"nginx", "-g", "a;", "-g", "b;"}), (Command{"nginx", "-g", "a;", "-g", "daemon off; b;"}));
}

}  // namespace
}  // namespace cli
