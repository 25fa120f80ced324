#include "cli/record_file.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/files.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RecordFileTest : public testing::Test {
protected:
    RecordFileTest() {
        fs::create_directories(folder_ / "include.d");
        fs::create_directories(folder_ / "state/nginx-home");
        for (const char* name : {"key", "mcp.yaml"})
            std::ofstream(folder_ / name) << "x";
        fs::create_symlink(folder_ / "key", folder_ / "link");
        fs::create_hard_link(folder_ / "key", folder_ / "hard");
        fs::create_directory_symlink(folder_ / "state", folder_ / "state-link");
    }
    ~RecordFileTest() override { fs::remove_all(folder_); }

    std::vector<std::string> errors(const std::string& log) const {
        Gateway gateway;
        gateway.files = {{.origin = "MCP_JWT_KEY_FILE", .path = folder_ / "key"}};
        gateway.include_folder = folder_ / "include.d";
        gateway.written_file = NeededFile{.origin = "audit.log", .path = folder_ / log};
        Findings findings;
        find_record_in_own_file(gateway, folder_ / "state", folder_ / "mcp.yaml", findings);
        return findings.errors;
    }

    const fs::path folder_ = fs::canonical(fs::temp_directory_path()) / ("record-test-" + random_name());
};

TEST_F(RecordFileTest, AFileThatTheGatewayReadsIsRefused) {
    for (const char* name : {"key", "link", "hard", "state/../key"})
        EXPECT_THAT(errors(name), ElementsAre(HasSubstr("which is the file of MCP_JWT_KEY_FILE"))) << name;
    EXPECT_THAT(errors("mcp.yaml"), ElementsAre(HasSubstr("which is the settings file: name a file for the records")));
    EXPECT_THAT(errors("include.d/a.conf"), ElementsAre(HasSubstr("which is a file that nginx includes")));
}

TEST_F(RecordFileTest, AFileThatRunWritesIsRefusedBeforeItIsThere) {
    const std::string own = "state/mcp-resource-" + std::to_string(::geteuid());
    for (const std::string& state : {std::string("state"), std::string("state-link"), own})
        for (const char* name :
             {"nginx.conf", "nginx.conf.next", "nginx.conf.part", "nginx.pid", "run.lock", "backend-names",
              "told-warnings", "healthz", "healthz.next.part", "nginx-home", "nginx-home/audit.log"})
            EXPECT_THAT(errors(state + '/' + name), ElementsAre(HasSubstr("a file that `run` keeps"))) << name;
}

TEST_F(RecordFileTest, AnyOtherFileIsTaken) {
    for (const char* name : {"audit.log", "state/audit.log", "include.d/audit.log", "nginx.conf", "state/x/nginx.pid"})
        EXPECT_THAT(errors(name), IsEmpty()) << name;
}

TEST_F(RecordFileTest, WhatOnlyChecksHasItInAFolderThatIsRemoved) {
    Gateway gateway;
    gateway.audit.emplace().log = "/var/log/audit.log";
    keep_record_in_home(gateway);
    EXPECT_FALSE(gateway.audit->log.contains('/'));
    for (const char* other : {"stdout", "syslog:server=10.0.0.1", ""}) {
        gateway.audit.emplace().log = other;
        keep_record_in_home(gateway);
        EXPECT_EQ(gateway.audit->log, other);
    }
}

}  // namespace
}  // namespace cli
