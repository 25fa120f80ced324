#include "cli/settings/environment_limits.h"

#include <gmock/gmock.h>

#include "cli/render/render.h"
#include "cli/settings/environment_reader.h"

namespace cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Environment with(Environment changes) {
    changes.insert({{"MCP_AUTH_MODE", "jwt"},
                    {"MCP_SERVER_NAME", "mcp.example.com"},
                    {"MCP_CANONICAL_URI", "https://mcp.example.com/mcp"},
                    {"MCP_METADATA_URI", "https://mcp.example.com/.well-known/oauth-protected-resource"},
                    {"MCP_AUTHORIZATION_SERVER", "https://auth.example.com"},
                    {"MCP_REQUIRED_SCOPE", "mcp:read"},
                    {"MCP_SCOPES_SUPPORTED", "mcp:read"},
                    {"MCP_BACKEND", "127.0.0.1:3001"},
                    {"MCP_JWT_KEY_FILE", "/keys/jwks.json"}});
    return changes;
}

Environment limited(const Environment& changes) {
    Environment environment = changes;
    environment.insert({{"MCP_RATELIMIT_ENABLED", "on"}, {"MCP_RATELIMIT_RATE", "100r/m"}});
    return with(environment);
}

Findings findings_of(const Environment& environment) {
    Findings findings;
    read_gateway(environment, findings);
    return findings;
}

std::string conf_of(const Environment& environment) {
    Findings findings;
    const Gateway gateway = read_gateway(environment, findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    return render(gateway, {}).text;
}

TEST(EnvironmentLimitsTest, OneLimitForEachUserThatIsCountedInRedis) {
    const std::string conf = conf_of(limited({{"MCP_RATELIMIT_REDIS", "redis:6379"},
                                              {"MCP_RATELIMIT_BURST", "20"},
                                              {"MCP_RATELIMIT_REDIS_PASSWORD_FILE", "/run/secrets/redis.secret"},
                                              {"MCP_RATELIMIT_ON_ERROR", "allow"}}));
    EXPECT_THAT(conf, HasSubstr("mcp_rate_limit rate=100r/m burst=20 algorithm=fixed_window;\n"));
    EXPECT_THAT(conf, HasSubstr("mcp_rate_limit_x_headers on;\n"));
    EXPECT_THAT(conf, HasSubstr("mcp_redis redis:6379 password_file=/run/secrets/redis.secret on_error=allow;\n"));
    EXPECT_THAT(conf, HasSubstr("mcp_zone mcp 16m;"));
    for (const std::string algorithm : {"fixed_window", "token_bucket", "gcra", "sliding_window"})
        EXPECT_THAT(conf_of(limited({{"MCP_RATELIMIT_ALGO", algorithm}})), HasSubstr("algorithm=" + algorithm + ';'));
}

TEST(EnvironmentLimitsTest, WithoutRedisThisMachineCounts) {
    const std::string conf = conf_of(limited({}));
    EXPECT_THAT(conf, HasSubstr("mcp_rate_limit rate=100r/m algorithm=fixed_window;\n"));
    EXPECT_THAT(conf, Not(HasSubstr("mcp_redis")));
    EXPECT_THAT(conf, HasSubstr("mcp_zone mcp 32m;"));
    const Findings findings =
        findings_of(limited({{"MCP_RATELIMIT_ON_ERROR", "allow"}, {"MCP_RATELIMIT_REDIS_PASSWORD_FILE", "/secret"}}));
    EXPECT_THAT(findings.warnings, ElementsAre("MCP_RATELIMIT_ON_ERROR has no effect without MCP_RATELIMIT_REDIS",
                                               HasSubstr("MCP_RATELIMIT_REDIS_PASSWORD_FILE has no effect")));
    EXPECT_THAT(findings.derived, Contains(HasSubstr("by this machine only")));
}

TEST(EnvironmentLimitsTest, WithoutLimitsNothingIsSaidOfThem) {
    for (const Environment& environment : {with({}), with({{"MCP_RATELIMIT_ENABLED", "off"}})}) {
        EXPECT_THAT(conf_of(environment), AllOf(Not(HasSubstr("mcp_rate_limit")), Not(HasSubstr("mcp_redis")),
                                                HasSubstr("mcp_zone mcp 16m;")));
        EXPECT_THAT(findings_of(environment).derived, Not(Contains(HasSubstr("rate limits"))));
    }
    const Findings findings =
        findings_of(with({{"MCP_RATELIMIT_RATE", "100r/m"}, {"MCP_RATELIMIT_REDIS", "redis:6379"}}));
    EXPECT_THAT(findings.errors, IsEmpty());
    EXPECT_THAT(findings.warnings, ElementsAre("MCP_RATELIMIT_REDIS has no effect while MCP_RATELIMIT_ENABLED is off",
                                               "MCP_RATELIMIT_RATE has no effect while MCP_RATELIMIT_ENABLED is off"));
}

TEST(EnvironmentLimitsTest, ARateIsRequired) {
    EXPECT_THAT(findings_of(with({{"MCP_RATELIMIT_ENABLED", "on"}})).errors,
                ElementsAre("MCP_RATELIMIT_RATE is required but not set; for example 100r/m"));
}

TEST(EnvironmentLimitsTest, EveryMistakeIsToldWithWhatIsRight) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> wrong = {
        {"MCP_RATELIMIT_RATE",
         {"100", "100r", "r/m", "0r/m", "1000001r/m", "-1r/m", "1.5r/s", "1r/d", "100 r/m", "100r/m;", "$x"}},
        {"MCP_RATELIMIT_BURST", {"-1", "1000001", "x", "2;", "1 2"}},
        {"MCP_RATELIMIT_ALGO", {"custom", "GCRA", "gcra;", "leaky"}},
        {"MCP_RATELIMIT_REDIS",
         {"redis", "redis:", ":6379", "redis:0", "redis:65536", "redis://redis:6379", "redis:6379 weight=2", "a b:1",
          "$host:6379", "redis;:6379", "user:secret@redis:6379", "unix:redis.sock", "unix:/run/$x", "[::g]:6379"}},
        {"MCP_RATELIMIT_ON_ERROR", {"open", "Deny", "allow;"}},
        {"MCP_RATELIMIT_REDIS_PASSWORD_FILE", {"s3cr3t", "/run/$x"}}};
    for (const auto& [name, values] : wrong)
        for (const std::string& value : values) {
            const Environment environment = limited({{"MCP_RATELIMIT_REDIS", "redis:6379"}});
            Environment changed = environment;
            changed[name] = value;
            const auto errors = findings_of(changed).errors;
            EXPECT_THAT(errors, ElementsAre(testing::StartsWith(name + ' '))) << value;
            EXPECT_THAT(errors, Each(Not(HasSubstr("s3cr3t"))));
        }
    EXPECT_THAT(findings_of(with({{"MCP_RATELIMIT_ENABLED", "on"},
                                  {"MCP_RATELIMIT_REDIS", "redis"},
                                  {"MCP_RATELIMIT_RATE", "fast"},
                                  {"MCP_RATELIMIT_BURST", "some"},
                                  {"MCP_RATELIMIT_ALGO", "best"},
                                  {"MCP_RATELIMIT_ON_ERROR", "panic"}}))
                    .errors,
                SizeIs(5));
}

// A limit that nobody can count yet is none that keeps nginx from starting.
TEST(EnvironmentLimitsTest, RedisNeedNotBeThereWhenNginxStarts) {
    const auto hosts = [](const Environment& environment) {
        Findings findings;
        return read_gateway(environment, findings).hosts;
    };
    const auto denied = hosts(limited({{"MCP_RATELIMIT_REDIS", "redis:6379"}}));
    ASSERT_THAT(denied, SizeIs(2));
    const NeededHost& redis = denied.front().origin == "MCP_RATELIMIT_REDIS" ? denied.front() : denied.back();
    EXPECT_EQ(redis.host, "redis");
    EXPECT_THAT(redis.meanwhile, HasSubstr("503"));
    EXPECT_THAT(hosts(limited({{"MCP_RATELIMIT_REDIS", "unix:/run/redis.sock"}})), SizeIs(1));
    EXPECT_THAT(hosts(limited({{"MCP_RATELIMIT_REDIS", "redis:6379"}, {"MCP_RESOLVER", "10.0.0.2"}})), IsEmpty());
    EXPECT_THAT(
        findings_of(limited({{"MCP_RATELIMIT_REDIS", "redis:6379"}, {"MCP_RATELIMIT_ON_ERROR", "allow"}})).derived,
        Contains(AllOf(HasSubstr("redis:6379"), HasSubstr("no rate is limited"))));
}

}  // namespace
}  // namespace cli
