#include "oauth/scope.h"

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

namespace oauth {
namespace {

static_assert(std::forward_iterator<ScopeTokens::Iterator>);

json::Document claims(std::string_view text) {
    auto document = json::Document::parse(text);
    EXPECT_TRUE(document) << text;
    return std::move(*document);
}

bool granted(std::string_view text, std::string_view scope) {
    return scope_contains(claims(text).root(), scope);
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> tokens;
    for (const std::string_view token : ScopeTokens(text))
        tokens.push_back(token);
    return tokens;
}

std::vector<std::string> all_granted(std::string_view text) {
    std::vector<std::string> scopes;
    const auto document = claims(text);
    each_granted_scope(document.root(), [&](std::string_view scope) { scopes.emplace_back(scope); });
    return scopes;
}

TEST(ScopeTest, WhatNobodyMeansByAScopeIsAMistake) {
    for (const std::string_view text : {"mcp:read", "a", "https://api.example.com/read?a=b", "urn:x=y", "a.b/c-d!e+f"})
        EXPECT_EQ(scope_mistake(text), "") << text;
    for (const std::string_view text : {"mcp:read,mcp:write", ",", "a,", "https://a/x,https://a/y"})
        EXPECT_EQ(scope_mistake(text), "has a comma") << text;
    for (const std::string_view text : {"tol=x", "=", "R=x:y", "api/read=1"})
        EXPECT_EQ(scope_mistake(text), "has a \"=\", as a misspelt parameter has") << text;
}

using Tokens = std::vector<std::string_view>;
using Scopes = std::vector<std::string>;

// RFC 6749 section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
TEST(ScopeToken, HoldsPrintableAsciiWithoutSpaceQuoteAndBackslash) {
    for (int c = 0; c < 256; ++c) {
        const bool allowed = c == 0x21 || (c >= 0x23 && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
        const char character = static_cast<char>(c);
        EXPECT_EQ(is_scope_token(std::string_view(&character, 1)), allowed) << c;
        EXPECT_EQ(is_scope_token(std::string("mcp") + character + "read"), allowed) << c;
        EXPECT_EQ(is_scope_token(std::string("mcp") + character), allowed) << c;
    }
}

TEST(ScopeToken, IsNotEmpty) {
    EXPECT_FALSE(is_scope_token(""));
}

TEST(ScopeTokensOf, AStringAreThePiecesBetweenItsSpaces) {
    EXPECT_EQ(split("mcp:read"), (Tokens{"mcp:read"}));
    EXPECT_EQ(split("mcp:read mcp:write"), (Tokens{"mcp:read", "mcp:write"}));
    EXPECT_EQ(split("a a"), (Tokens{"a", "a"}));
}

TEST(ScopeTokensOf, AStringWithoutOrWithSuperfluousSpacesLeaveEmptyPiecesOut) {
    EXPECT_EQ(split(""), Tokens{});
    EXPECT_EQ(split(" "), Tokens{});
    EXPECT_EQ(split("    "), Tokens{});
    EXPECT_EQ(split("  a  b "), (Tokens{"a", "b"}));
}

TEST(ScopeTokensOf, AStringAreSeparatedBySpacesOnly) {
    EXPECT_EQ(split("a\tb\nc,d"), (Tokens{"a\tb\nc,d"}));
    EXPECT_EQ(split(std::string_view("a\0b", 3)), (Tokens{std::string_view("a\0b", 3)}));
}

TEST(ScopeTokensOf, AStringAreViewsIntoIt) {
    const std::string_view text = "a bc";
    EXPECT_EQ((*std::next(ScopeTokens(text).begin())).data(), text.data() + 2);
}

TEST(GrantedScope, IsReadFromAStringOrFromAnArrayOfStrings) {
    EXPECT_TRUE(granted(R"({"scope":"mcp:read"})", "mcp:read"));
    EXPECT_TRUE(granted(R"({"scope":"openid mcp:read profile"})", "mcp:read"));
    EXPECT_TRUE(granted(R"({"scope":["openid","mcp:read"]})", "mcp:read"));
    EXPECT_TRUE(granted(R"({"scp":"openid mcp:read"})", "mcp:read"));
    EXPECT_TRUE(granted(R"({"scp":["openid","mcp:read"]})", "mcp:read"));
}

TEST(GrantedScope, IsComparedExactly) {
    for (const char* scope : {"mcp", "mcp:rea", "mcp:reads", "MCP:READ", "read", ":", "mcp:read "}) {
        EXPECT_FALSE(granted(R"({"scope":"mcp:read"})", scope)) << scope;
        EXPECT_FALSE(granted(R"({"scope":["mcp:read"]})", scope)) << scope;
    }
}

TEST(GrantedScope, IsNothingWithoutAScopeClaim) {
    EXPECT_FALSE(granted("{}", "mcp:read"));
    EXPECT_FALSE(granted(R"({"scopes":"mcp:read","Scope":"mcp:read"})", "mcp:read"));
    EXPECT_FALSE(granted(R"({"scope":""})", "mcp:read"));
    EXPECT_FALSE(granted(R"({"scope":[]})", "mcp:read"));
    EXPECT_FALSE(granted(R"("scope")", "mcp:read"));
    EXPECT_FALSE(granted(R"(["scope","mcp:read"])", "mcp:read"));
}

TEST(GrantedScope, IsNothingWhenTheClaimHasAnotherType) {
    for (const char* value : {"null", "true", "1", "1.5", R"({"mcp:read":true})", R"([["mcp:read"]])"}) {
        EXPECT_FALSE(granted(std::string(R"({"scope":)") + value + "}", "mcp:read")) << value;
        EXPECT_FALSE(granted(std::string(R"({"scp":)") + value + "}", "mcp:read")) << value;
    }
}

TEST(GrantedScope, IsNothingWhenAnElementIsNotAString) {
    EXPECT_FALSE(granted(R"({"scope":["mcp:read",1]})", "mcp:read"));
    EXPECT_FALSE(granted(R"({"scope":[null,"mcp:read"]})", "mcp:read"));
    EXPECT_EQ(all_granted(R"({"scope":["mcp:read",1]})"), Scopes{});
}

TEST(GrantedScope, IsOneForEachElementOfAnArray) {
    EXPECT_FALSE(granted(R"({"scope":["mcp:read mcp:write"]})", "mcp:read"));
}

// The registered claim is the authority, so that a leftover scp cannot widen it.
TEST(GrantedScope, OfScpDoesNotCountBesideScope) {
    EXPECT_FALSE(granted(R"({"scope":"mcp:read","scp":"mcp:write"})", "mcp:write"));
    EXPECT_FALSE(granted(R"({"scope":"","scp":"mcp:write"})", "mcp:write"));
    EXPECT_FALSE(granted(R"({"scope":{},"scp":"mcp:write"})", "mcp:write"));
    EXPECT_EQ(all_granted(R"({"scp":"b","scope":"a"})"), (Scopes{"a"}));
}

TEST(GrantedScope, OfScpCountsWhereScopeIsNull) {
    EXPECT_TRUE(granted(R"({"scope":null,"scp":"mcp:write"})", "mcp:write"));
    EXPECT_FALSE(granted(R"({"scope":null,"scp":null})", "mcp:write"));
}

bool is_well_formed(std::string_view text) {
    const auto document = claims(text);
    const auto claim = ScopeClaim::of(document.root());
    return claim && claim->is_well_formed();
}

TEST(ScopeClaim, IsAStringOrAnArrayOfStrings) {
    for (const char* value : {R"("")", R"("a b")", "[]", R"(["a","b"])"})
        EXPECT_TRUE(is_well_formed(std::string(R"({"scope":)") + value + "}")) << value;
    for (const char* value : {"1", "true", R"({"a":" b "})", R"(["a",1])", R"([["a"]])"})
        EXPECT_FALSE(is_well_formed(std::string(R"({"scope":)") + value + R"(,"scp":"a"})")) << value;
}

TEST(ScopeClaim, IsNamed) {
    const auto name = [](std::string_view text) {
        const auto document = claims(text);
        const auto claim = ScopeClaim::of(document.root());
        return claim ? std::string(claim->name) : "none";
    };
    EXPECT_EQ(name(R"({"scp":1,"scope":"a"})"), "scope");
    EXPECT_EQ(name(R"({"scp":1,"scope":null})"), "scp");
    EXPECT_EQ(name(R"({"scp":null})"), "none");
}

TEST(GrantedScope, NeverMeetsADemandThatIsNotAScopeToken) {
    EXPECT_FALSE(granted(R"({"scope":""})", ""));
    EXPECT_FALSE(granted(R"({"scope":[""]})", ""));
    EXPECT_FALSE(granted(R"({"scope":["a b"]})", "a b"));
    EXPECT_FALSE(granted(R"({"scope":"a\"b"})", "a\"b"));
}

TEST(GrantedScope, IsVisitedInOrder) {
    EXPECT_EQ(all_granted(R"({"scope":"b a c"})"), (Scopes{"b", "a", "c"}));
    EXPECT_EQ(all_granted(R"({"scp":["b","a"]})"), (Scopes{"b", "a"}));
    EXPECT_EQ(all_granted("{}"), Scopes{});
}

}  // namespace
}  // namespace oauth
