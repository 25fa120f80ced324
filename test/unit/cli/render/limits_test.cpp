#include <gmock/gmock.h>

#include <string>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Machine with_service{.name_port = 5300, .hosts = {"host.docker.internal"}};

Gateway limited(const std::string& redis, const std::string& backend = "10.0.0.1") {
    Gateway gateway = gateway_to(backend);
    Resource& resource = gateway.servers.front().resources.front();
    resource.rate_limits = {{.rate = "100r/m", .burst = "20"}};
    resource.refusal_limit = RefusalLimit{.rate = "30r/m", .burst = "10"};
    if (!redis.empty()) gateway.redis = Redis{.address = redis};
    return gateway;
}

// What stands before the first server.
std::string shared_part(const std::string& conf) {
    return conf.substr(0, conf.find("\n    server {"));
}

TEST(RenderLimitsTest, EachHasItsDirective) {
    const std::string text = text_of(limited("10.0.0.2:6379"));
    EXPECT_THAT(text, AllOf(HasSubstr("mcp_rate_limit rate=100r/m burst=20;"),
                            HasSubstr("mcp_refusal_limit rate=30r/m burst=10;"), HasSubstr("mcp_redis 10.0.0.2:6379;"),
                            Not(HasSubstr("resolver"))));
    EXPECT_THAT(text_of(limited("")), Not(HasSubstr("mcp_redis")));
}

TEST(RenderLimitsTest, TheNameOfRedisIsLookedUpByUs) {
    const Gateway gateway = limited("redis:6379");
    EXPECT_THAT(shared_part(text_of(gateway, with_service)), HasSubstr("resolver 127.0.0.1:5300 valid=1s;"));
    EXPECT_THAT(served_names(gateway, with_service), ElementsAre("redis"));
    EXPECT_THAT(served_names(limited("redis:6379", "backend"), with_service), ElementsAre("backend", "redis"));
    EXPECT_THAT(served_names(limited("redis:6379", "redis"), with_service), ElementsAre("redis"));
    for (const std::string address : {"unix:/run/redis.sock", "[::1]:6379"}) {
        EXPECT_THAT(shared_part(text_of(limited(address), with_service)), Not(HasSubstr("resolver")));
        EXPECT_THAT(served_names(limited(address), with_service), IsEmpty());
    }
}

TEST(RenderLimitsTest, AResolverIsAskedForWhatEtcHostsDoesNotSay) {
    Gateway gateway = limited("redis:6379", "backend");
    gateway.resolvers = {"10.0.0.2"};
    EXPECT_THAT(shared_part(text_of(gateway, with_service)), HasSubstr("resolver 10.0.0.2 valid=10s;"));
    EXPECT_THAT(served_names(gateway, with_service), IsEmpty());
    gateway.redis->address = "host.docker.internal:6379";
    const std::string text = text_of(gateway, with_service);
    EXPECT_THAT(shared_part(text), AllOf(HasSubstr("resolver 127.0.0.1:5300 valid=1s;"), Not(HasSubstr("10.0.0.2"))));
    EXPECT_THAT(text.substr(shared_part(text).size()), HasSubstr("resolver 10.0.0.2 valid=10s;"));
    EXPECT_THAT(served_names(gateway, with_service), ElementsAre("host.docker.internal"));
}

TEST(RenderLimitsTest, AFullZoneCountsAsMemoryThatConnectionsCannotHave) {
    const auto text_on = [](const std::string& redis) {
        Gateway gateway = limited(redis);
        gateway.servers.front().resources.front().refusal_limit.reset();
        return text_of(gateway, {.processors = 1, .memory = std::uint64_t{64} << 20U});
    };
    EXPECT_THAT(text_on("10.0.0.2:6379"), HasSubstr("worker_connections 481;"));
    EXPECT_THAT(text_on(""), HasSubstr("worker_connections 240;"));
}

}  // namespace
}  // namespace cli
