#include "cli/settings/limits.h"

#include <gmock/gmock.h>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::IsEmpty;
using testing::Not;

TEST(LimitsTest, ARateIsANumberAndAPeriod) {
    for (const std::string good : {"1r/s", "100r/m", "1000000r/h"})
        EXPECT_THAT(rate_problem(good), IsEmpty()) << good;
    for (const std::string bad : {"", "r/m", "100", "100r/", "100r/d", "0r/m", "1000001r/m", "99999999999999999999r/m",
                                  "1r/mm", "-1r/m", "+1r/m", " 1r/m", "1r/m "})
        EXPECT_THAT(rate_problem(bad), Not(IsEmpty())) << bad;
}

TEST(LimitsTest, AnAddressOfRedisIsAHostWithAPortOrASocket) {
    for (const auto& [address, host] : std::vector<std::pair<std::string, std::string>>{{"redis:6379", "redis"},
                                                                                        {"10.0.0.1:1", "10.0.0.1"},
                                                                                        {"[fd00::1]:6379", "[fd00::1]"},
                                                                                        {"unix:/run/r.sock", ""}}) {
        EXPECT_THAT(redis_address_problem(address), IsEmpty()) << address;
        EXPECT_EQ(redis_host(address), host);
    }
    for (const std::string bad : {"", "redis", "redis:", "redis:0", ":6379", "redis://a:1", "a:1/2", "fd00::1:6379",
                                  "unix:", "unix:run", "unix:/a:b", "a b:1"})
        EXPECT_THAT(redis_address_problem(bad), Not(IsEmpty())) << bad;
}

// What is counted in the zone needs room beside keys and introspection responses.
TEST(LimitsTest, TheZoneHasRoomForWhatIsCountedInIt) {
    Gateway gateway = gateway_to("10.0.0.1");
    Resource& resource = gateway.servers.front().resources.front();
    EXPECT_EQ(zone_size_of(gateway), "16m");
    resource.rate_limits = {{.rate = "1r/s"}};
    EXPECT_EQ(zone_size_of(gateway), "32m");
    gateway.redis = Redis{.address = "redis:6379"};
    EXPECT_EQ(zone_size_of(gateway), "16m");
    resource.refusal_limit = RefusalLimit{.rate = "1r/s"};
    EXPECT_EQ(zone_size_of(gateway), "32m");
    gateway.zone_size = "1m";
    EXPECT_EQ(zone_size_of(gateway), "1m");
}

}  // namespace
}  // namespace cli
