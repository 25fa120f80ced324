#include "mcp/free_text.h"

#include <gmock/gmock.h>

namespace mcp {
namespace {

using Check = TextProblem (*)(std::string_view);

void expect_bad(Check problem_of, std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts)
        EXPECT_TRUE(problem_of(text)) << text;
}
void expect_good(Check problem_of, std::initializer_list<std::string_view> texts) {
    for (const std::string_view text : texts)
        EXPECT_EQ(problem_of(text).what, "") << text;
}

TEST(FreeTextTest, AScopeIsOneAndNoParameter) {
    expect_bad(scope_problem,
               {"", "on", "No", "$x", "a,b", "a b", "a\"b", "a\\b", "method=x", "api/read=1", "Zo\u00eb"});
    expect_good(scope_problem, {"mcp:read", "online", "urn:x=y", "https://api.example.com/a?b=c", "~x", "a|b"});
}

TEST(FreeTextTest, WhatATokenSaysIsOneText) {
    for (const Check problem_of : {audience_problem, issuer_problem}) {
        expect_bad(problem_of, {"", "on", "$x", "a,b", "a b", "a\"b", "https://*.example.com", "a\tb", "\xFF"});
        expect_good(problem_of, {"api://files", "accounts.google.com", "urn:x", "~x", "a|b"});
    }
    EXPECT_EQ(audience_problem("a,b").what, "has a comma");
    EXPECT_EQ(audience_problem("a,b").remedy, "write spaces between several");
}

TEST(FreeTextTest, APatternThatWouldMatchNothingIsRefused) {
    for (const Check problem_of : {method_pattern_problem, name_pattern_problem}) {
        expect_bad(problem_of, {"", "a|b", "a,b", "~x", "^x", "x$", "x\\w", "$x", " x", "x ", "x\ty", "/write/",
                                "write_.+", "[w]rite_x", "tool=x", "\xFF"});
        expect_good(problem_of, {"*", "tools/*", "write_?", "notifications/$x"});
    }
    expect_bad(method_pattern_problem, {"on", "tools=list", "tools list", "https://mcp.example.com/mcp"});
    expect_bad(name_pattern_problem, {"x\u00a0", "\ufeffx", "wr\u200bite", "\u202ex", "write_\uff0a"});
    expect_good(name_pattern_problem, {"on", "Zo\u00eb", "files.*", "a name", "a(b)"});
}

TEST(FreeTextTest, OneUrlIsNoListOfThem) {
    expect_bad(list_of_urls_problem, {"https://a.example.com,https://b.example.com", "https://a.example.com,"});
    expect_good(list_of_urls_problem, {"https://a.example.com/x,y"});
}

TEST(FreeTextTest, AClientHasAnIdAndNoVariable) {
    expect_bad(client_id_problem, {"$client"});
    expect_good(client_id_problem, {"gateway", "US$", "on"});
}

TEST(FreeTextTest, AClaimIsANameOrAPath) {
    for (const std::string_view good : {"sub", ".realm_access.roles", "https://example.com/roles"})
        EXPECT_TRUE(read_claim(good)) << good;
    for (const std::string_view wrong : {"", "$sub", "sub,email", ".a..b"})
        EXPECT_FALSE(read_claim(wrong)) << wrong;
}

TEST(FreeTextTest, Languages) {
    for (const char* tag : {"de", "pt-BR", "zh-Hant-TW"})
        EXPECT_TRUE(is_language_tag(tag)) << tag;
    for (const char* tag : {"", "d", "12", "de-", "de--at", "de_AT", "de-abcdefghi"})
        EXPECT_FALSE(is_language_tag(tag)) << tag;
}

}  // namespace
}  // namespace mcp
