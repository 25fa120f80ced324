// The seeds of test/fuzz really are answers of the kinds that their names say: fuzzing starts behind the front door.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "oauth/exchange/response.h"
#include "oauth/introspection/response.h"
#include "support/outcome.h"

namespace oauth {
namespace {

std::string seed(const std::string& name) {
    std::ifstream file(std::filesystem::path(FUZZ_SEEDS) / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string_view introspected(const std::string& name) {
    ClaimsRules rules;
    rules.allow_missing_expiration = true;
    rules.accepted_audiences = {"https://mcp.example.com/mcp"};
    const auto response = introspection::Response::parse(seed("introspection/" + name));
    return response ? support::outcome(response->check(rules, 1'700'000'000)) : support::outcome(response);
}

TEST(FuzzSeeds, IntrospectionAnswersOfEachKind) {
    EXPECT_EQ(introspected("active"), "ok");
    EXPECT_EQ(introspected("active_without_exp"), "ok");
    EXPECT_EQ(introspected("inactive"), "token_inactive");
    EXPECT_EQ(introspected("expired"), "expired");
    EXPECT_EQ(introspection::refusal({.status = 400, .body = seed("introspection/unsupported_token_type")}),
              Error::token_kind_refused);
}

TEST(FuzzSeeds, ExchangeAnswersOfEachKind) {
    EXPECT_EQ(support::outcome(exchange::read_response(seed("exchange/rfc8693"), "")), "ok");
    EXPECT_EQ(support::outcome(exchange::read_response(seed("exchange/minimal"), "")), "ok");
    EXPECT_EQ(support::outcome(exchange::read_response(seed("exchange/refused"), "")), "exchange_answer_invalid");
}

}  // namespace
}  // namespace oauth
