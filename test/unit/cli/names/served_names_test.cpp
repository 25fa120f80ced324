#include "cli/names/served_names.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

using testing::ElementsAre;

TEST(ServedNamesTest, FormerNamesStayUntilNobodyCanNeedThem) {
    ServedNames names;
    names.add({"b", "a", "b"});
    EXPECT_THAT(names.all(), ElementsAre("a", "b"));
    names.settle();
    names.add({"c"});
    EXPECT_THAT(names.all(), ElementsAre("a", "b", "c"));
    names.add({"d"});  // nginx may have refused the last ones
    EXPECT_THAT(names.all(), ElementsAre("a", "b", "c", "d"));
    names.settle();
    names.add({"d"});
    EXPECT_THAT(names.all(), ElementsAre("d"));
    EXPECT_TRUE(names.has("d"));
    EXPECT_FALSE(names.has("a"));
}

}  // namespace
}  // namespace cli
