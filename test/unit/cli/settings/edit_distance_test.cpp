#include "cli/settings/edit_distance.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

TEST(EditDistanceTest, CountsWhatIsAddedRemovedOrReplaced) {
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("MCP_TLS", "MCP_TLS"), 0U);
    EXPECT_EQ(edit_distance("MCP_TLZ", "MCP_TLS"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace cli
