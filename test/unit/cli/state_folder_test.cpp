#include "cli/state_folder.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "cli/commands.h"

namespace cli {
namespace {

using testing::Optional;

TEST(StateFolderTest, AFileIsReplacedWholeOrNotAtAll) {
    std::string path = testing::TempDir() + "state-XXXXXX";
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    const StateFolder folder = StateFolder::at(path);
    EXPECT_EQ(folder.read("names"), std::nullopt);
    folder.write("names", "one");
    EXPECT_THAT(folder.read("names"), Optional(std::string("one")));

    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    const auto action = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &none);
    EXPECT_THROW(folder.write("names", "two"), Failure);
    ::setrlimit(RLIMIT_FSIZE, &before);
    static_cast<void>(std::signal(SIGXFSZ, action));
    EXPECT_THAT(folder.read("names"), Optional(std::string("one")));
    const std::filesystem::directory_iterator files(path);
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
    std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace cli
