#include "cli/folders.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/files.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FoldersTest : public testing::Test {
protected:
    FoldersTest() { fs::create_directories(folder_ + "/a/b"); }
    ~FoldersTest() override { fs::remove_all(folder_); }

    ino_t opened(const std::string& path) const { return information_on(open_folder(folder_ + path), path).st_ino; }
    std::string failure_of(const std::string& path) const {
        try {
            opened(path);
        } catch (const Failure& failure) {
            return failure.text;
        }
        return "";
    }

    const std::string folder_ = fs::canonical(fs::temp_directory_path()) / ("folders-test-" + random_name());
};

TEST_F(FoldersTest, LinksOfOursAreFollowed) {
    fs::create_symlink("a/b", folder_ + "/relative");
    fs::create_symlink(folder_ + "/a", folder_ + "/absolute");
    fs::create_symlink("../../a", folder_ + "/a/b/up");
    EXPECT_EQ(opened("/relative"), opened("/a/b"));
    EXPECT_EQ(opened("/absolute/b"), opened("/a/b"));
    EXPECT_EQ(opened("/relative/up/b"), opened("/a/b"));
}

TEST_F(FoldersTest, WhatIsNoFolderIsRefused) {
    write_new_file(folder_, "file", "", Access::owner);
    fs::create_symlink("circle", folder_ + "/circle");
    EXPECT_THAT(failure_of("/file"), HasSubstr("is not a folder"));
    EXPECT_THAT(failure_of("/circle"), HasSubstr("too many links"));
    for (const char* missing : {"/missing", "/missing/b", "/a/missing"})
        EXPECT_EQ(failure_of(missing),
                  "the folder " + folder_ + missing + " does not exist; make it, or name another one with --state");
}

TEST_F(FoldersTest, AFolderThatOthersCanWriteToIsNotPrivate) {
    for (const unsigned mode : {0770U, 0707U, 0777U, 01777U}) {
        fs::permissions(folder_ + "/a", static_cast<fs::perms>(mode));
        EXPECT_FALSE(is_private(information_on(open_folder(folder_ + "/a"), "a"))) << mode;
    }
    fs::permissions(folder_ + "/a", static_cast<fs::perms>(0755));
    EXPECT_TRUE(is_private(information_on(open_folder(folder_ + "/a"), "a")));
}

}  // namespace
}  // namespace cli
