#include "cli/files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/commands.h"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class FilesTest : public testing::Test {
protected:
    FilesTest() { std::filesystem::create_directory(folder_); }
    ~FilesTest() override { std::filesystem::remove_all(folder_); }

    static std::string failure_of(const std::function<void()>& body) {
        try {
            body();
        } catch (const Failure& failure) {
            return failure.text;
        }
        return "";
    }
    std::size_t count() const {
        const std::filesystem::directory_iterator entries(folder_);
        return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
    }

    const std::string folder_ = std::filesystem::temp_directory_path() / ("files-test-" + random_name());
};

TEST_F(FilesTest, ANewFileIsThereAsAWholeAndAlone) {
    write_new_file(folder_, "key", "text", Access::owner);
    EXPECT_EQ(read_file(folder_ + "/key", "--key"), "text");
    struct stat information{};
    ASSERT_EQ(::stat((folder_ + "/key").c_str(), &information), 0);
    EXPECT_EQ(information.st_mode & 0777U, 0600U);
    EXPECT_EQ(count(), 1);
}

TEST_F(FilesTest, NeitherAFileNorALinkIsReplaced) {
    write_new_file(folder_, "key", "first", Access::owner);
    std::filesystem::create_symlink(folder_ + "/nowhere", folder_ + "/link");
    for (const char* name : {"key", "link"})
        EXPECT_THAT(failure_of([&] { write_new_file(folder_, name, "second", Access::owner); }),
                    HasSubstr("File exists"));
    EXPECT_EQ(read_file(folder_ + "/key", "--key"), "first");
    EXPECT_FALSE(is_there(folder_ + "/nowhere"));
    EXPECT_EQ(count(), 2);
}

TEST_F(FilesTest, AFolderIsMadeForItsOwnerAloneButNotTheOneAbove) {
    make_folder(folder_ + "/new");
    make_folder(folder_ + "/new");
    EXPECT_EQ(std::filesystem::status(folder_ + "/new").permissions(), std::filesystem::perms::owner_all);
    EXPECT_THAT(failure_of([&] { make_folder(folder_ + "/a/b"); }), HasSubstr("cannot make the folder"));
}

TEST_F(FilesTest, WhatNamesNoFileIsNotRepeated) {
    const std::string text = failure_of([] { read_file("eyJhbGciOiJub25lIn0.e30.", "--key"); });
    EXPECT_THAT(text, HasSubstr("cannot read the file that --key names: No such file"));
    EXPECT_THAT(text, Not(HasSubstr("eyJ")));
}

}  // namespace
}  // namespace cli
