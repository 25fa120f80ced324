#include "cli/settings/file/forms.h"

#include <gtest/gtest.h>

namespace cli::file {
namespace {

TEST(FormsTest, SizesAreThoseOfNginx) {
    EXPECT_EQ(read_size("64k"), 65536U);
    EXPECT_EQ(read_size("1M"), 1048576U);
    EXPECT_EQ(read_size("512"), 512U);
    for (const char* text : {"", "k", "1g", "-1", "1 k", "99999999999999999999", "1kk"})
        EXPECT_FALSE(read_size(text)) << text;
}

TEST(FormsTest, NetworksAndHosts) {
    for (const char* text : {"10.0.0.0/8", "10.1.2.3", "fd00::/8", "::1"})
        EXPECT_TRUE(is_network(text)) << text;
    for (const char* text :
         {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "example.com", "10.0.0.0/", "[::1]", "10.0.0.0/8/8"})
        EXPECT_FALSE(is_network(text)) << text;
    EXPECT_TRUE(is_host_and_port("a.example.com:8443"));
    EXPECT_TRUE(is_host_and_port("[::1]:80"));
    EXPECT_FALSE(is_host_and_port("a:0"));
    EXPECT_FALSE(is_host_and_port("a b"));
    EXPECT_TRUE(is_listen_address("[::]"));
    EXPECT_FALSE(is_listen_address("::"));
    EXPECT_FALSE(is_listen_address("localhost"));
}

TEST(FormsTest, HeadersThatMeanSomethingAlreadyAreKnownInEverySpelling) {
    for (const char* name : {"Cookie", "x_forwarded_for", "HOST", "Mcp-Name", "mcp_session_id", "X-Original-URL"})
        EXPECT_TRUE(has_own_meaning(name)) << name;
    EXPECT_FALSE(has_own_meaning("X-User"));
    EXPECT_TRUE(is_header_name("X_User-1"));
    EXPECT_FALSE(is_header_name("X User"));
    EXPECT_FALSE(is_header_name(""));
}

}  // namespace
}  // namespace cli::file
