#include "cli/workers.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

TEST(WorkersTest, OthersBesideTheFormerOnesHaveTakenTheirPlace) {
    Workers workers;
    EXPECT_TRUE(workers.are_alone());
    workers.expect_others({1, 2});
    workers.look({1, 2});
    EXPECT_FALSE(workers.have_come());
    workers.look({1, 2, 3});
    EXPECT_TRUE(workers.have_come());
    EXPECT_FALSE(workers.are_alone());
    workers.look({2, 3, 4});
    EXPECT_FALSE(workers.are_alone());
    workers.look({3, 4});
    EXPECT_TRUE(workers.are_alone());
}

TEST(WorkersTest, AWorkerThatReplacesOneThatCrashedIsNoSign) {
    Workers workers;
    workers.expect_others({1, 2});
    workers.look({2, 3});
    EXPECT_FALSE(workers.have_come());
    workers.look({2, 3, 4});
    EXPECT_TRUE(workers.have_come());
}

TEST(WorkersTest, WhoLooksLateSeesOthersAlone) {
    Workers workers;
    workers.expect_others({1, 2});
    workers.look({3});
    EXPECT_TRUE(workers.are_alone());
}

TEST(WorkersTest, ThoseThatRetireAlreadyAreNotCountedAgain) {
    Workers workers;
    workers.expect_others({1, 2});
    workers.look({1, 2, 3, 4});
    workers.expect_others({1, 2, 3, 4});
    workers.look({3, 4});
    EXPECT_FALSE(workers.have_come());
    workers.look({3, 4, 5, 6});
    EXPECT_TRUE(workers.have_come());
    workers.look({5, 6});
    EXPECT_TRUE(workers.are_alone());
}

}  // namespace
}  // namespace cli
