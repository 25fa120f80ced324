#include "cli/settings/needs.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> errors(const Gateway& gateway) {
    Findings findings;
    find_missing(gateway, findings);
    return findings.errors;
}

TEST(NeedsTest, WhoSaidItIsTold) {
    Gateway gateway;
    gateway.files = {{.origin = "mcp.yaml:7:5: tls.key", .path = "/nonexistent/key"}};
    gateway.hosts = {{.origin = "--backend", .host = "no-such-host.invalid", .remedy = "; do this"},
                     {.origin = "x", .host = "127.0.0.1", .remedy = {}}};
    EXPECT_THAT(
        errors(gateway),
        ElementsAre(AllOf(HasSubstr("mcp.yaml:7:5: tls.key names \"/nonexistent/key\""), HasSubstr("No such file")),
                    AllOf(HasSubstr("--backend names \"no-such-host.invalid\""), HasSubstr("; do this"))));
}

TEST(NeedsTest, AtAReloadAnUnknownBackendIsAWarning) {
    Gateway gateway;
    gateway.hosts = {{.origin = "mcp.yaml:7:5: backend", .host = "no-such-host.invalid", .remedy = {}}};
    Findings findings;
    find_missing(gateway, findings, Moment::reload);
    EXPECT_THAT(findings.errors, IsEmpty());
    EXPECT_THAT(findings.warnings, ElementsAre(AllOf(HasSubstr("mcp.yaml:7:5: backend names \"no-such-host.invalid\""),
                                                     HasSubstr("502 until it is found"))));
}

TEST(NeedsTest, WhatNeedNotBeThereIsAWarningAtAnyTime) {
    Gateway gateway;
    gateway.hosts = {{.origin = "MCP_RATELIMIT_REDIS",
                      .host = "no-such-host.invalid",
                      .remedy = {},
                      .meanwhile = "limited requests get 503"}};
    for (const Moment moment : {Moment::check, Moment::start, Moment::reload}) {
        Findings findings;
        find_missing(gateway, findings, moment);
        EXPECT_THAT(findings.errors, Not(testing::Contains(HasSubstr("no-such-host"))));
        EXPECT_THAT(findings.warnings, ElementsAre(AllOf(HasSubstr("MCP_RATELIMIT_REDIS names"),
                                                         HasSubstr("until it is found limited requests get 503"))));
    }
}

TEST(NeedsTest, EachThatNamesAnUnknownHostIsTold) {
    Gateway gateway;
    for (const char* origin : {"a", "b", "c", "d"})
        gateway.hosts.push_back({.origin = origin, .host = "no-such-host.invalid", .remedy = {}});
    EXPECT_THAT(errors(gateway),
                ElementsAre(HasSubstr("a names"), HasSubstr("b names"), HasSubstr("c names"), HasSubstr("d names")));
}

TEST(NeedsTest, WhatNginxWouldIncludeMustBeAFile) {
    const std::string folder = testing::TempDir() + "include.d-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder + "/folder.conf");
    ::mkfifo((folder + "/pipe.conf").c_str(), 0600);
    ::mkfifo((folder + "/other").c_str(), 0600);
    std::ofstream(folder + "/good.conf") << "#\n";
    std::filesystem::create_symlink("nowhere", folder + "/link.conf");
    Gateway gateway;
    gateway.include_folder = folder;
    const auto found = errors(gateway);
    std::filesystem::remove_all(folder);
    EXPECT_THAT(found,
                ElementsAre(AllOf(HasSubstr("folder.conf\", which nginx is to include"), HasSubstr("it is a folder")),
                            AllOf(HasSubstr("link.conf\""), HasSubstr("No such file")),
                            AllOf(HasSubstr("pipe.conf\""), HasSubstr("not a regular file"))));
}

TEST(NeedsTest, WhatMayBeASecretIsNotShown) {
    Gateway gateway;
    gateway.files = {{.origin = "MCP_CLIENT_SECRET_FILE", .path = "/hunter2", .may_be_secret = true}};
    EXPECT_THAT(errors(gateway), ElementsAre(AllOf(HasSubstr("MCP_CLIENT_SECRET_FILE"), Not(HasSubstr("hunter2")))));
}

TEST(NeedsTest, AKeyIsLongEnoughWithoutItsLineBreak) {
    const std::string name = testing::TempDir() + "key-" + std::to_string(::getpid());
    Gateway gateway;
    gateway.files = {{.origin = "audit.key_file", .path = name, .may_be_secret = true, .least_bytes = 32}};
    std::ofstream(name) << std::string(31, 'k') << "\r\n";
    EXPECT_THAT(errors(gateway), ElementsAre(AllOf(HasSubstr("audit.key_file names a file with less than 32 bytes"),
                                                   Not(HasSubstr("kkk")))));
    std::ofstream(name) << std::string(32, 'k') << '\n';
    EXPECT_THAT(errors(gateway), IsEmpty());
    std::filesystem::remove(name);
}

TEST(NeedsTest, AFileThatNginxCannotWriteIsTold) {
    const std::string folder = testing::TempDir() + "log-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder + "/folder");
    ::mkfifo((folder + "/pipe").c_str(), 0600);
    std::filesystem::create_symlink(folder + "/elsewhere", folder + "/link");
    const auto error_of = [&](const std::string& path) {
        Gateway gateway;
        gateway.written_file = NeededFile{.origin = "audit.log", .path = path};
        return errors(gateway);
    };
    EXPECT_THAT(error_of(folder + "/audit.log"), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(folder + "/audit.log"));  // `check` leaves nothing behind
    EXPECT_THAT(error_of(folder + "/none/audit.log"),
                ElementsAre(AllOf(HasSubstr("audit.log names \"" + folder), HasSubstr("its folder does not exist"))));
    EXPECT_THAT(error_of(folder + "/folder"), ElementsAre(HasSubstr("it is a folder")));
    EXPECT_THAT(error_of(folder + "/pipe"), ElementsAre(HasSubstr("not a regular file")));
    EXPECT_THAT(error_of(folder + "/link"), ElementsAre(HasSubstr("a link to a file that does not exist")));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cli
