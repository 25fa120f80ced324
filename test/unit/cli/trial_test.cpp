#include "cli/trial.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

std::string told(std::string_view line, const Rendered& conf) {
    return told_warning(*parse_nginx_message(line), "nginx.conf.next", conf);
}

TEST(TrialTest, AWarningSaysWhatItIsAboutInWordsOfWhoMadeTheSettings) {
    const Rendered conf{.text = {}, .origins = {"", "resources[1]"}};
    EXPECT_EQ(told("nginx: [warn] odd in ./../nginx.conf.next:2", conf), "warning: nginx, of resources[1]: odd");
    EXPECT_EQ(told("nginx: [warn] odd in ./../nginx.conf.next:1", conf),
              "warning: nginx: odd in line 1 of what `mcp-resource render` prints");
    EXPECT_EQ(told("nginx: [warn] odd in /etc/mcp/include.d/a.conf:2", conf),
              "warning: nginx: odd in /etc/mcp/include.d/a.conf:2");
    EXPECT_EQ(told("2026/11/28 12:00:00 [crit] 7#7: broken", conf), "nginx (crit): broken");
}

// A shell in the place of nginx.
Trial saying(const std::string& script) {
    return {.nginx = {"sh", "-c", script}, .folder = -100, .file = "nginx.conf.next", .later = "nginx.conf"};
}

TEST(TrialTest, WhatNginxWillSayAgainIsReturnedAlsoWhatTheSettingsHaveToldAlready) {
    const Rendered conf{.text = {}, .origins = {"resources[0]"}};
    const auto trial = saying(
        "echo 'nginx: [warn] \"mcp_x\" directive: \"http://a\" is plain http in ./../nginx.conf.next:1' >&2;"
        "echo 'nginx: [warn] other in /x/a.conf:3'; echo 'nginx: configuration file x test is successful'");
    testing::internal::CaptureStderr();
    const auto again = try_configuration(trial, conf, {"--resource \"http://a\" is plain http"});
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "mcp-resource: warning: nginx: other in /x/a.conf:3\n");
    EXPECT_THAT(again,
                testing::UnorderedElementsAre("\"mcp_x\" directive: \"http://a\" is plain http in ./../nginx.conf:1",
                                              "other in /x/a.conf:3"));
}

}  // namespace
}  // namespace cli
