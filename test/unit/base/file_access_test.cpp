#include "base/file_access.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cerrno>

namespace base {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr FileOwner of_root{.user = 0, .group = 0, .mode = 0100600};
constexpr FileOwner of_someone{.user = 1000, .group = 1000, .mode = 0100600};
const FileReader www_data{.user = 33, .group = 33, .groups = {}};
const FileReader pod{.user = 33, .group = 33, .groups = {}, .in_kubernetes = true};

TEST(WhatToChange, SaysWhoseTheFileIsAndWhoWeAre) {
    EXPECT_THAT(what_to_change(of_someone, www_data),
                HasSubstr("it belongs to user 1000 and group 1000, has mode 600, and this is user 33: "));
}

TEST(WhatToChange, AFileOfAnotherUserIsReadAsThatUserOrGiven) {
    EXPECT_THAT(
        what_to_change(of_someone, www_data),
        HasSubstr("run as its owner (`docker run --user 1000`, `user: \"1000\"` in Compose), or give it to this "
                  "user (`chown 33` on the host)"));
}

TEST(WhatToChange, NobodyIsToldToRunAsRoot) {
    EXPECT_THAT(what_to_change(of_root, www_data), HasSubstr(": give it to this user (`chown 33` on the host)"));
    EXPECT_THAT(what_to_change(of_root, www_data), Not(HasSubstr("--user")));
}

TEST(WhatToChange, AFileForItsGroupNeedsTheGroupAlone) {
    EXPECT_THAT(what_to_change({.user = 0, .group = 1500, .mode = 0100640}, www_data),
                HasSubstr("`docker run --group-add 1500`, group_add in Compose"));
}

TEST(WhatToChange, NobodyIsToldToTakeTheGroupOfRoot) {
    EXPECT_THAT(what_to_change({.user = 0, .group = 0, .mode = 0100640}, www_data), Not(HasSubstr("group-add")));
}

TEST(WhatToChange, InKubernetesThePodSaysIt) {
    EXPECT_THAT(what_to_change(of_root, pod), HasSubstr("set fsGroup: 33 in the pod's securityContext"));
}

TEST(WhatToChange, AFileOfOursThatNobodyMayReadNeedsAMode) {
    EXPECT_THAT(what_to_change({.user = 33, .group = 33, .mode = 0100044}, www_data), HasSubstr(": chmod 600 it"));
}

TEST(WhatToChange, WhereTheModePermitsItSomethingElseDoesNot) {
    EXPECT_THAT(what_to_change({.user = 0, .group = 0, .mode = 0100644}, www_data), HasSubstr("SELinux"));
}

TEST(BetterMode, IsFoundWhereWeWouldStillReadTheFile) {
    const FileReader root{.user = 0, .group = 0, .groups = {}};
    const FileReader member{.user = 33, .group = 33, .groups = {5, 1000}};
    EXPECT_EQ(better_mode({.user = 33, .group = 33, .mode = 0100644}, www_data, false), "0600");
    EXPECT_EQ(better_mode({.user = 1000, .group = 1000, .mode = 0100644}, root, false), "0600");
    EXPECT_EQ(better_mode({.user = 1000, .group = 1000, .mode = 0100644}, member, false), "0640");
}

TEST(BetterMode, IsNotAskedForWhereTheFileWouldBecomeUnreadable) {
    EXPECT_EQ(better_mode({.user = 1000, .group = 1000, .mode = 0100644}, www_data, false), "");
    EXPECT_EQ(better_mode({.user = 1000, .group = 33, .mode = 0100604}, www_data, false), "");
}

TEST(BetterMode, IsNotAskedForOnAReadOnlyFileSystem) {
    EXPECT_EQ(better_mode({.user = 33, .group = 33, .mode = 0100644}, www_data, true), "");
}

TEST(BetterMode, IsNotAskedForWhereOthersReadNothing) {
    EXPECT_EQ(better_mode({.user = 33, .group = 33, .mode = 0100640}, www_data, false), "");
    EXPECT_EQ(better_mode("/nonexistent"), "");
}

TEST(WhyNotOpened, IsTheSystemsWordWherePermissionsAreNotTheReason) {
    EXPECT_EQ(why_not_opened("/nonexistent", ENOENT), "No such file or directory");
    EXPECT_EQ(why_not_opened("/nonexistent", EACCES), "Permission denied");
}

TEST(WhyNotMadeIn, TellsWhoseTheFolderIsAndWhatToDo) {
    EXPECT_EQ(why_not_made_in("/", ENOSPC), "No space left on device");
    const std::string told = why_not_made_in("/", EACCES);
    EXPECT_THAT(told, StartsWith("Permission denied; the folder belongs to user 0 and group 0, has mode "));
    EXPECT_THAT(told, HasSubstr(": let this user write to it (`chown " + std::to_string(::geteuid()) + "`), or name"));
}

TEST(WhyNotOpened, NeverShowsTheName) {
    EXPECT_THAT(why_not_opened("/etc/shadow", EACCES), Not(HasSubstr("shadow")));
}

}  // namespace
}  // namespace base
