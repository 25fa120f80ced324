#include "shared/redis_script.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>

#include "support/redis_server.h"

namespace shared {
namespace {

using std::chrono::microseconds;
using Numbers = std::mt19937_64;

// Redis, with a clock that a test sets (the last argument), and in which nothing expires by itself. How long a state
// would be kept is in another key.
constexpr std::string_view clock_of_test = R"lua(
local real, now = redis, ARGV[#ARGV]
local redis = setmetatable({}, {__index = real})
function redis.call(name, ...)
  if name == 'TIME' then return {string.sub(now, 1, -7), string.sub(now, -6)} end
  return real.call(name, ...)
end
function redis.pcall(name, key, value, unit, time)
  if name ~= 'SET' then return real.pcall(name, key) end
  assert(unit == 'PX')
  real.call('SET', 'kept:' .. key, time)
  return real.pcall(name, key, value)
end
)lua";

std::int64_t number(Numbers& numbers, std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(numbers);
}

// Often at a bound, where mistakes are.
std::int64_t odd_number(Numbers& numbers, std::int64_t from, std::int64_t to) {
    switch (number(numbers, 0, 3)) {
        case 0:
            return from;
        case 1:
            return to;
        case 2:
            return number(numbers, from, std::min(to, from + 10));
        default:
            return number(numbers, from, to);
    }
}

mcp::Rate random_rate(Numbers& numbers) {
    static constexpr std::int64_t periods[] = {1, 1'000, 1'000'000, 60'000'000, 3'600'000'000};
    return {.requests = static_cast<std::uint32_t>(odd_number(numbers, 1, mcp::Rate::most)),
            .period = microseconds(periods[number(numbers, 0, 4)]),
            .burst = static_cast<std::uint32_t>(odd_number(numbers, 0, mcp::Rate::most)),
            .algorithm = static_cast<mcp::LimitAlgorithm>(number(numbers, 0, 3))};
}

base::Sha256 key_of(std::uint64_t round, std::int64_t name) {
    return base::must_sha256_of({std::to_string(round), std::to_string(name)});
}

struct World {
    Numbers& numbers;
    std::uint64_t round;
    std::vector<mcp::Rate> rates{};
    std::map<base::Sha256, mcp::LimitState> states{};  // what Redis must have
    std::int64_t now = 1'700'000'000'000'000;

    void pass_time() {
        const std::int64_t period = rates[static_cast<std::size_t>(number(numbers, 0, 2))].period.count();
        switch (number(numbers, 0, 5)) {
            case 0:
                now += odd_number(numbers, 0, 3 * period);
                break;
            case 1:
                now -= odd_number(numbers, 0, 2 * period);
                break;
            case 2:
                now += number(numbers, 0, period / 10 + 1);
                break;
            default:
                break;
        }
    }

    // A key counts for one rate, but may be asked for twice.
    std::vector<LimitUse> random_uses() const {
        std::vector<LimitUse> uses;
        for (std::int64_t left = number(numbers, 1, 4); left > 0; left--) {
            const std::int64_t name = number(numbers, 0, 2);
            const mcp::Rate& rate = rates[static_cast<std::size_t>(name)];
            const std::int64_t limit = std::int64_t{rate.requests} + rate.burst;
            uses.push_back({.key = key_of(round, name),
                            .rate = &rate,
                            .units = static_cast<std::uint32_t>(odd_number(numbers, 0, limit + 1))});
        }
        return uses;
    }

    std::vector<mcp::LimitShare> expected(const std::vector<LimitUse>& uses) {
        auto after = states;
        std::vector<mcp::LimitShare> shares;
        for (const LimitUse& use : uses)
            shares.push_back({.rate = use.rate, .state = &after[use.key], .units = use.units});
        mcp::take(shares, microseconds(now));
        // A state that is as good as none is not written.
        for (std::size_t i = 0; i < uses.size(); i++)
            if (shares[i].result.reset > microseconds(0)) states[uses[i].key] = after[uses[i].key];
        return shares;
    }
};

class RedisScript : public testing::Test {
protected:
    void SetUp() override {
        redis_ = support::RedisServer::start();
        if (redis_ == nullptr) GTEST_SKIP() << "redis-server is not installed";
    }

    ngx::RedisReply decide(const std::vector<LimitUse>& uses, std::int64_t now) {
        std::vector<std::string> command{"EVAL", std::string(clock_of_test) + std::string(limit_script())};
        for (std::string& argument : limit_arguments("test", uses))
            command.push_back(std::move(argument));
        command.push_back(std::to_string(now));
        return redis_->ask(command);
    }
    std::string kept(const LimitUse& use) { return redis_->ask({"GET", "kept:" + limit_key("test", use.key)}).text; }

    std::unique_ptr<support::RedisServer> redis_;
};

void expect_same(const mcp::LimitResult& told, const mcp::LimitResult& expected) {
    EXPECT_EQ(told.allowed, expected.allowed);
    EXPECT_EQ(told.limit, expected.limit);
    EXPECT_EQ(told.remaining, expected.remaining);
    EXPECT_EQ(told.reset, expected.reset);
    EXPECT_EQ(told.retry_after, expected.retry_after);
}

TEST_F(RedisScript, DecidesWhatTakeDecides) {
    Numbers numbers(20260728);
    for (std::uint64_t round = 0; round < 200 && !HasFailure(); round++) {
        World world{.numbers = numbers, .round = round};
        for (int i = 0; i < 3; i++)
            world.rates.push_back(random_rate(numbers));
        for (int step = 0; step < 30 && !HasFailure(); step++) {
            world.pass_time();
            auto uses = world.random_uses();
            const auto expected = world.expected(uses);
            const auto reply = decide(uses, world.now);
            const auto read = read_limit_reply(reply, uses);
            ASSERT_TRUE(read) << read.error() << ": " << reply.text;
            SCOPED_TRACE("round " + std::to_string(round) + ", step " + std::to_string(step));
            for (std::size_t i = 0; i < uses.size(); i++)
                expect_same(uses[i].result, expected[i].result);
        }
    }
}

TEST_F(RedisScript, BelievesNothingOfAStateAsTakeDoes) {
    Numbers numbers(7);
    for (std::uint64_t round = 0; round < 2000 && !HasFailure(); round++) {
        World world{.numbers = numbers, .round = round, .rates = {random_rate(numbers)}};
        const mcp::LimitState state{.a = odd_number(numbers, 0, 9'007'199'254'740'991),
                                    .b = odd_number(numbers, 0, 9'007'199'254'740'991),
                                    .c = odd_number(numbers, 0, 9'007'199'254'740'991)};
        std::vector<LimitUse> uses{{.key = key_of(round, 0), .rate = world.rates.data(), .units = 1}};
        world.states[uses[0].key] = state;
        redis_->ask({"SET", limit_key("test", uses[0].key),
                     std::to_string(state.a) + ' ' + std::to_string(state.b) + ' ' + std::to_string(state.c)});
        const auto expected = world.expected(uses);
        ASSERT_TRUE(read_limit_reply(decide(uses, world.now), uses));
        expect_same(uses[0].result, expected[0].result);
    }
}

TEST_F(RedisScript, KeepsAStateAsLongAsItMattersAndUpToAMinuteMore) {
    const mcp::Rate rate{
        .requests = 10, .period = std::chrono::seconds(2), .algorithm = mcp::LimitAlgorithm::fixed_window};
    std::vector<LimitUse> uses{{.key = key_of(0, 0), .rate = &rate}};
    ASSERT_TRUE(read_limit_reply(decide(uses, 1'700'000'000'000'000), uses));
    EXPECT_EQ(kept(uses[0]), "4000");
    const mcp::Rate hourly{
        .requests = 10, .period = std::chrono::hours(1), .algorithm = mcp::LimitAlgorithm::fixed_window};
    std::vector<LimitUse> longer{{.key = key_of(0, 1), .rate = &hourly}};
    ASSERT_TRUE(read_limit_reply(decide(longer, 1'700'000'000'000'000), longer));
    EXPECT_EQ(kept(longer[0]), "3660000");
}

TEST_F(RedisScript, ARefusalLeavesNoKeyBehind) {
    const mcp::Rate rate{.requests = 1, .period = std::chrono::hours(1)};
    std::vector<LimitUse> full{{.key = key_of(0, 0), .rate = &rate}};
    ASSERT_TRUE(read_limit_reply(decide(full, 1'700'000'000'000'000), full));
    std::vector<LimitUse> both{full[0], {.key = key_of(0, 1), .rate = &rate}};
    ASSERT_TRUE(read_limit_reply(decide(both, 1'700'000'000'000'000), both));
    EXPECT_FALSE(both[0].result.allowed);
    EXPECT_TRUE(both[1].result.allowed);
    EXPECT_EQ(both[1].result.remaining, 1U);
    EXPECT_EQ(redis_->ask({"EXISTS", limit_key("test", both[1].key)}).integer, 0);
}

TEST_F(RedisScript, AForeignValueIsAnErrorAndStaysAsItIs) {
    const mcp::Rate rate{.requests = 1, .period = std::chrono::hours(1)};
    const std::vector<LimitUse> uses{{.key = key_of(0, 0), .rate = &rate}, {.key = key_of(0, 1), .rate = &rate}};
    const std::string key = limit_key("test", uses[1].key);
    for (const std::string value :
         {"", "1", "1 2", "1 2 3 4", "-1 2 3", "1 2 3\n", "a b c", "1e3 2 3", "12345678901234567 0 0"}) {
        redis_->ask({"SET", key, value});
        const auto reply = decide(uses, 1'700'000'000'000'000);
        EXPECT_TRUE(reply.is_error()) << value;
        EXPECT_EQ(ngx::redis_error_code(reply.text), "FOREIGN") << reply.text;
        EXPECT_EQ(redis_->ask({"GET", key}).text, value);
    }
    redis_->ask({"DEL", key});
    redis_->ask({"LPUSH", key, "x"});
    EXPECT_EQ(ngx::redis_error_code(decide(uses, 1'700'000'000'000'000).text), "WRONGTYPE");
    EXPECT_EQ(redis_->ask({"EXISTS", limit_key("test", uses[0].key)}).integer, 0) << "the other was not counted";
}

TEST_F(RedisScript, AFullServerCountsNothing) {
    const mcp::Rate rate{.requests = 5, .period = std::chrono::hours(1)};
    const std::vector<LimitUse> uses{{.key = key_of(0, 0), .rate = &rate}, {.key = key_of(0, 1), .rate = &rate}};
    redis_->ask({"CONFIG", "SET", "maxmemory", "1"});
    const auto reply = decide(uses, 1'700'000'000'000'000);
    EXPECT_EQ(ngx::redis_error_code(reply.text), "OOM") << reply.text;
    redis_->ask({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(redis_->ask({"DBSIZE"}).integer, 0);
}

TEST_F(RedisScript, IsKnownByItsDigest) {
    EXPECT_EQ(redis_->ask({"SCRIPT", "LOAD", std::string(limit_script())}).text, limit_script_digest());
}

TEST_F(RedisScript, TakesTheTimeOfTheServer) {
    const mcp::Rate rate{
        .requests = 1, .period = std::chrono::hours(1), .algorithm = mcp::LimitAlgorithm::fixed_window};
    std::vector<LimitUse> uses{{.key = key_of(0, 0), .rate = &rate}};
    std::vector<std::string> command{"EVAL", std::string(limit_script())};
    for (std::string& argument : limit_arguments("test", uses))
        command.push_back(std::move(argument));
    ASSERT_TRUE(read_limit_reply(redis_->ask(command), uses));
    EXPECT_TRUE(uses[0].result.allowed);
    ASSERT_TRUE(read_limit_reply(redis_->ask(command), uses));
    EXPECT_FALSE(uses[0].result.allowed);
    EXPECT_LE(uses[0].result.retry_after, std::chrono::hours(1));
    EXPECT_GT(uses[0].result.retry_after, std::chrono::minutes(59));
    EXPECT_GT(redis_->ask({"PTTL", limit_key("test", uses[0].key)}).integer, 3'500'000);
}

// --- replies, of whoever answers

ngx::RedisReply numbers_reply(std::initializer_list<std::int64_t> numbers) {
    ngx::RedisReply reply{.kind = ngx::RedisReply::Kind::array};
    for (const std::int64_t number : numbers)
        reply.elements.push_back({.kind = ngx::RedisReply::Kind::integer, .integer = number});
    return reply;
}

TEST(RedisScriptReply, IsNoneThatTheScriptNeverGives) {
    const mcp::Rate rate;
    std::vector<LimitUse> uses{{.key = {}, .rate = &rate}};
    EXPECT_TRUE(read_limit_reply(numbers_reply({1, 5, 4, 10, 0}), uses));
    EXPECT_TRUE(read_limit_reply(numbers_reply({0, 5, 0, 10, 3}), uses));
    EXPECT_TRUE(read_limit_reply(numbers_reply({0, 5, 0, 10, -1}), uses));
    for (const auto& numbers :
         {numbers_reply({}), numbers_reply({1}), numbers_reply({1, 5, 4, 10}), numbers_reply({1, 5, 4, 10, 0, 0}),
          numbers_reply({2, 5, 4, 10, 0}), numbers_reply({-1, 5, 4, 10, 0}), numbers_reply({1, 0, 0, 10, 0}),
          numbers_reply({1, 5, 6, 10, 0}), numbers_reply({1, 5, -1, 10, 0}), numbers_reply({1, 5, 4, -1, 0}),
          numbers_reply({1, 5, 4, 10, 1}), numbers_reply({0, 5, 4, 10, 0}), numbers_reply({0, 5, 4, 10, -2}),
          numbers_reply({1, 5, 4, INT64_MAX, 0}), numbers_reply({1, INT64_MAX, 4, 10, 0})}) {
        uses[0].result.allowed = true;
        EXPECT_FALSE(read_limit_reply(numbers, uses));
        EXPECT_FALSE(uses[0].result.allowed);
    }
    std::vector<LimitUse> both{uses[0], uses[0]};
    EXPECT_TRUE(read_limit_reply(numbers_reply({1, 5, 4, 10, 0, 1, 5, 4, 10, 0}), both));
    EXPECT_FALSE(read_limit_reply(numbers_reply({1, 5, 4, 10, 0, 1, 5, 6, 10, 0}), both));
    EXPECT_FALSE(both[0].result.allowed || both[1].result.allowed) << "where one is nonsense, none counts";
    ngx::RedisReply text = numbers_reply({1, 5, 4, 10, 0});
    text.elements[0] = {.kind = ngx::RedisReply::Kind::text, .text = "1"};
    EXPECT_FALSE(read_limit_reply(text, uses));
    EXPECT_FALSE(read_limit_reply({.kind = ngx::RedisReply::Kind::status, .text = "OK"}, uses));
    EXPECT_FALSE(read_limit_reply({}, uses));
}

}  // namespace
}  // namespace shared
