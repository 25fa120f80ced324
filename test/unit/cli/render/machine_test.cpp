#include "cli/render/machine.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MachineTest, TheVersionOfNginxIsOneNumber) {
    EXPECT_EQ(nginx_version("nginx version: nginx/1.22.1\nbuilt with OpenSSL"), 1022001U);
    EXPECT_EQ(nginx_version("nginx version: nginx/1.26.3 (Debian)"), 1026003U);
    EXPECT_EQ(nginx_version("nginx version: nginx/1.25"), 0U);
    EXPECT_EQ(nginx_version("nginx/99999999999999999999.1.1"), 0U);
    EXPECT_EQ(nginx_version(""), 0U);
}

TEST(MachineTest, NamesOfEtcHostsStandBehindTheirAddress) {
    EXPECT_THAT(host_names("127.0.0.1\tlocalhost\n# comment name\n10.0.0.1 A b # c\n\n::1"),
                ElementsAre("localhost", "a", "b"));
    EXPECT_THAT(host_names(""), IsEmpty());
}

TEST(MachineTest, AQuotaIsRoundedUpToWholeProcessors) {
    EXPECT_EQ(processors_of("150000 100000\n"), 2U);
    EXPECT_EQ(processors_of("10000 100000\n"), 1U);
    EXPECT_EQ(processors_of("200000\n 100000\n"), 2U);
    EXPECT_EQ(processors_of("max 100000\n"), 0U);
    EXPECT_EQ(processors_of("-1\n 100000\n"), 0U);
    EXPECT_EQ(processors_of("100000 0"), 0U);
    EXPECT_EQ(processors_of(""), 0U);
    EXPECT_EQ(processors_of("18446744073709551615 1"), 1024U);
}

}  // namespace
}  // namespace cli
