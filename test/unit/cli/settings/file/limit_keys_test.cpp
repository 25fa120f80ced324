#include "cli/settings/file/limit_keys.h"

#include <gmock/gmock.h>

#include "cli/render/render.h"
#include "cli/settings/file/documents.h"

namespace cli::file {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string document_of(const std::string& limits, const Mapping& top = {}) {
    Mapping resource = plain_resource();
    resource["rate_limits"] = limits;
    return document(resource, top);
}

std::string conf_of(const std::string& text) {
    Findings findings;
    const Gateway gateway = read_text(text, "/etc/mcp.yaml", findings);
    EXPECT_THAT(findings.errors, IsEmpty());
    return render(gateway, {}).text;
}

TEST(LimitKeysTest, EachLimitIsADirective) {
    const std::string conf = conf_of(document_of(
        "[{ rate: 100r/m, burst: 20 }, { rate: 5r/s, by: client, algorithm: token_bucket, method: tools/call, "
        "tool: \"write_*\" }, { rate: 1r/h, prompt: x, by: issuer }, { rate: 1r/h, resource_uri: \"file:///a/*\" }]"));
    for (const std::string line :
         {"mcp_rate_limit rate=100r/m burst=20;",
          "mcp_rate_limit rate=5r/s by=client algorithm=token_bucket method=tools/call tool=write_*;",
          "mcp_rate_limit rate=1r/h by=issuer prompt=x;"})
        EXPECT_THAT(conf, HasSubstr(line + "\n"));
    EXPECT_THAT(conf_of(document_of("{ rate: 1r/s, burst: 2 }")), HasSubstr("mcp_rate_limit rate=1r/s burst=2;"));
}

TEST(LimitKeysTest, RedisAndItsWords) {
    EXPECT_THAT(
        conf_of(
            document_of("{ rate: 1r/s }", {{"redis",
                                            "{ address: \"redis:6379\", user: mcp, password_file: s, prefix: \"a:b\", "
                                            "timeout: 50ms, on_error: allow }"}})),
        HasSubstr("mcp_redis redis:6379 user=mcp password_file=/etc/s prefix=a:b timeout=50ms on_error=allow;"));
}

TEST(LimitKeysTest, ALimitOfAResourceReplacesThoseOfAll) {
    Mapping resource = plain_resource();
    const Mapping defaults = {{"defaults", "{ rate_limits: { rate: 7r/s, burst: 1 }, refusal_limit: { rate: 3r/m } }"}};
    EXPECT_THAT(conf_of(document(resource, defaults)),
                AllOf(HasSubstr("mcp_rate_limit rate=7r/s burst=1;"), HasSubstr("mcp_refusal_limit rate=3r/m;")));
    resource["rate_limits"] = "{ rate: 9r/s, burst: 1 }";
    EXPECT_THAT(conf_of(document(resource, defaults)),
                AllOf(HasSubstr("mcp_rate_limit rate=9r/s"), Not(HasSubstr("7r/s"))));
}

TEST(LimitKeysTest, AMistakeIsToldWithItsPlace) {
    EXPECT_THAT(errors_of(document_of("[{ rate: 1r/s }, { rate: fast }]")),
                ElementsAre(AllOf(StartsWith("/etc/mcp.yaml:1:"),
                                  HasSubstr("rate_limits[1].rate: \"fast\" is not a rate"), HasSubstr("100r/m"))));
    EXPECT_THAT(errors_of(document_of("{ burst: 1 }")), ElementsAre(HasSubstr("rate")));
    EXPECT_THAT(errors_of(document_of("[{ rate: 1r/s, tool: a, prompt: b }]")),
                ElementsAre(HasSubstr("resources[0].rate_limits[0]: has \"tool\" and \"prompt\"")));
    EXPECT_THAT(
        errors_of(document_of("[{ rate: 1r/s, burst: 1 }, { rate: 1r/s, burst: 1, by: subject, algorithm: gcra }]")),
        ElementsAre(HasSubstr("resources[0].rate_limits[1]: is the same limit as resources[0].rate_limits[0]")));
    EXPECT_THAT(errors_of(document_of("{ rate: 1r/s, burst: 1 }", {{"redis", "{ address: \"a:1\", user: mcp }"}})),
                ElementsAre(HasSubstr("redis: \"user\" needs \"password_file\"")));
}

// What nginx would refuse, before there is an nginx to ask.
TEST(LimitKeysTest, AMethodAndANameThatNoRequestHasAreAMistake) {
    for (const auto& [method, selector] :
         {std::pair("tools/list", "tool"), std::pair("ping", "tool"), std::pair("tools/call", "prompt"),
          std::pair("prompts/*", "resource_uri"), std::pair("resources/list", "resource_uri")})
        EXPECT_THAT(errors_of(document_of("{ rate: 1r/s, burst: 1, method: \"" + std::string(method) + "\", " +
                                          selector + ": \"file:*\" }")),
                    ElementsAre(HasSubstr("has \"method\" and \"" + std::string(selector) +
                                          "\", which no request is at once; leave out one of them")))
            << method;
    for (const auto& [method, selector] :
         {std::pair("tools/call", "tool"), std::pair("*", "tool"), std::pair("*/get", "prompt"),
          std::pair("resources/read", "resource_uri"), std::pair("*subscribe", "resource_uri")})
        EXPECT_THAT(errors_of(document_of("{ rate: 1r/s, burst: 1, method: \"" + std::string(method) + "\", " +
                                          selector + ": \"file:*\" }")),
                    IsEmpty())
            << method;
}

TEST(LimitKeysTest, OneResourceHasUpTo64Limits) {
    std::string limits;
    for (int i = 1; i <= 65; i++) {
        limits += ", { rate: " + std::to_string(i) + "r/h, burst: 1 }";
        const std::string document = document_of('[' + limits.substr(2) + ']');
        if (i <= 64)
            EXPECT_THAT(errors_of(document), IsEmpty()) << i;
        else
            EXPECT_THAT(errors_of(document), ElementsAre(HasSubstr("rate_limits: has 65 limits, and 64 are possible")));
    }
}

TEST(LimitKeysTest, WhatHasNoEffectOrIsTooTightIsWarnedAbout) {
    const auto warnings = [](const std::string& text) { return findings_of(text).warnings; };
    EXPECT_THAT(warnings(document_of("[{ rate: 1r/s, burst: 1 }, { rate: 1r/h }]")),
                ElementsAre(HasSubstr("resources[0].rate_limits[1]: no two requests pass at once")));
    EXPECT_THAT(warnings(document_of("[{ rate: 1r/s, tool: a }, { rate: 9r/s, algorithm: fixed_window }]")), IsEmpty());
    EXPECT_THAT(warnings(document(plain_resource(), {{"redis", "{ address: \"127.0.0.1:6379\" }"}})),
                ElementsAre(HasSubstr("redis: has no effect")));
}

}  // namespace
}  // namespace cli::file
