#include "cli/settings/ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(FindForbiddenPort, APortThatAnybodyMayListenOnIsNoFinding) {
    Findings findings;
    find_forbidden_port(0, findings);  // the kernel chooses one
    find_forbidden_port(61234, findings);
    EXPECT_THAT(findings.errors, testing::IsEmpty());
}

}  // namespace
}  // namespace cli
