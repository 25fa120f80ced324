#include "cli/settings/file/checks.h"

#include <gmock/gmock.h>

#include "cli/settings/file/documents.h"

namespace cli::file {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> errors_with(const Mapping& changes) {
    Mapping resource = plain_resource();
    for (const auto& [key, value] : changes)
        resource[key] = value;
    return errors_of(document(resource));
}

const std::string two = "[https://a.example.com, https://b.example.com]";

TEST(ChecksTest, KeysSayWhoseTheyAre) {
    EXPECT_THAT(errors_with({{"authorization_servers", two}, {"keys", "{ file: /k }"}}),
                ElementsAre(HasSubstr("resources[0].keys: must say whose keys these are")));
    EXPECT_THAT(
        errors_with({{"authorization_servers", two}, {"keys", "[{ file: /k, issuer: https://a.example.com }]"}}),
        ElementsAre(HasSubstr("there are none for issuer \"https://b.example.com\"")));
    EXPECT_THAT(errors_with({{"keys", "[{ file: /k, issuer: https://other.example.com }]"}}),
                testing::Contains(HasSubstr("is not among the accepted issuers")));
    EXPECT_THAT(errors_with({{"keys", "[{ file: /k }, { file: /l }]"}}), ElementsAre(HasSubstr("need \"issuer\"")));
    EXPECT_THAT(errors_with({{"keys", "{ issuer: x }"}}), testing::Contains(HasSubstr("needs \"file\" or \"url\"")));
    EXPECT_THAT(errors_with({{"keys", "{ file: /k, url: https://x/k }"}}),
                ElementsAre(HasSubstr("leave one of them out")));
    EXPECT_THAT(errors_with({{"keys", "jwks"}}), ElementsAre(HasSubstr("is not a source of keys; expected")));
}

TEST(ChecksTest, WhatHasNoEffectIsRefused) {
    EXPECT_THAT(errors_with({{"issuers", "x"}, {"insecure_skip_issuer_check", "true"}}),
                ElementsAre(HasSubstr("resources[0].issuers: has no effect together with")));
    EXPECT_THAT(errors_with({{"authorization_servers", two}, {"issuers", "x"}}),
                ElementsAre(HasSubstr("does not say whose keys verify those tokens")));
    EXPECT_THAT(errors_with({{"keys", "{ file: /k, issuer: https://auth.example.com }"},
                             {"insecure_skip_issuer_check", "yes"}}),
                ElementsAre(HasSubstr("has no effect where \"keys\" say whose they are")));
    EXPECT_THAT(errors_with({{"backend", "{ url: http://x, ca: /ca }"}}),
                ElementsAre(HasSubstr("\"ca\" has no effect")));
}

TEST(ChecksTest, EachWayToAuthenticateHasWhatItNeedsAndNothingElse) {
    const auto errors = [](const std::string& more) {
        return errors_with({{"introspection", "{ url: https://a/i, client_id: c" + more + " }"}});
    };
    EXPECT_THAT(errors(", client_secret_file: /s"), IsEmpty());
    EXPECT_THAT(errors(""),
                ElementsAre(HasSubstr("needs \"client_secret_file\" to authenticate by client_secret_basic")));
    EXPECT_THAT(errors(", client_authentication: private_key_jwt, client_secret_file: /s"),
                ElementsAre(HasSubstr("\"client_secret_file\" has no effect"), HasSubstr("needs \"client_key_file\"")));
    EXPECT_THAT(errors(", client_authentication: tls_client_auth, client_key_file: /k"),
                ElementsAre(HasSubstr("needs \"client_certificate_file\"")));
    EXPECT_THAT(errors(", client_secret_file: /s, assertion_key_id: k"),
                ElementsAre(HasSubstr("\"assertion_key_id\" has no effect")));
    EXPECT_THAT(errors_with({{"authorization_servers", two},
                             {"introspection",
                              "{ url: https://a/i, client_id: c, client_authentication: private_key_jwt, "
                              "client_key_file: /k }"}}),
                ElementsAre(HasSubstr("which of \"authorization_servers\" is asked?")));
    EXPECT_THAT(errors_with({{"introspection",
                              "{ url: http://127.0.0.1/i, client_id: c, client_authentication: "
                              "tls_client_auth, client_key_file: /k, client_certificate_file: /c }"}}),
                ElementsAre(HasSubstr("tls_client_auth needs an https URL")));
}

TEST(ChecksTest, ScopesFitTogether) {
    EXPECT_THAT(errors_with({{"scopes", "{ required: [a, b], challenge: a }"}}), ElementsAre(HasSubstr("lacks \"b\"")));
    EXPECT_THAT(errors_with({{"scopes", "{ required: [a, b], challenge: a, implies: { a: b } }"}}), IsEmpty());
    EXPECT_THAT(errors_with({{"scopes", "{ implies: { a: b, b: a } }"}}), ElementsAre(HasSubstr("implies itself")));
    EXPECT_THAT(findings_of(document({{"url", "https://a/mcp"},
                                      {"backend", "http://b"},
                                      {"authorization_servers", "https://c"},
                                      {"scopes", "{ required: a, supported: b }"}}))
                    .warnings,
                ElementsAre(HasSubstr("required: \"a\" is not in \"supported\"")));
    std::string many = "[";
    for (int i = 0; i < 300; i++)
        many += "s" + std::to_string(i) + ",";
    EXPECT_THAT(errors_with({{"scopes", "{ required: " + many + "] }"}}), ElementsAre(HasSubstr("more than 256")));
}

TEST(ChecksTest, MetadataStandsAtTheOriginOfTheResource) {
    EXPECT_THAT(errors_with({{"metadata_url", "https://other.example.com/x"}}),
                ElementsAre(HasSubstr("is not at the origin")));
    EXPECT_THAT(errors_with({{"metadata_url", "https://mcp.example.com"}}), ElementsAre(HasSubstr("has no path")));
    EXPECT_THAT(errors_with({{"metadata_url", "https://mcp.example.com/mcp"}}),
                ElementsAre(HasSubstr("is the resource itself")));
    EXPECT_THAT(errors_with({{"metadata_url", "https://mcp.example.com/healthz"}}),
                ElementsAre(HasSubstr("is nginx's health check; choose another path")));
    EXPECT_THAT(errors_with({{"url", "https://mcp.example.com/mcp/"}}), IsEmpty());
    EXPECT_THAT(errors_with({{"url", "\"https://mcp.example.com/mcp?a\""}}), ElementsAre(HasSubstr("has a query")));
    EXPECT_THAT(errors_with({{"backend", "http://127.0.0.1"}}), ElementsAre(HasSubstr("go in circles")));
    EXPECT_THAT(errors_with({{"url", "https://mcp.example.com/healthz"}}),
                ElementsAre(HasSubstr("is nginx's health check; choose another path")));
    EXPECT_THAT(errors_with({{"url", "https://mcp.example.com/a(b"}}), ElementsAre(HasSubstr("is not a plain path")));
}

TEST(ChecksTest, NothingIsSaidTwiceInOtherWords) {
    EXPECT_THAT(errors_with({{"name", "{ de: a, DE: b }"}}), ElementsAre(HasSubstr("language \"DE\" appears twice")));
    EXPECT_THAT(errors_with({{"identity_headers", "{ X-User: sub, x_user: sub }"}}),
                ElementsAre(HasSubstr("are one header")));
    EXPECT_THAT(errors_with({{"identity_headers", "{ Cookie: sub }"}}), ElementsAre(HasSubstr("is reserved")));
    EXPECT_THAT(errors_with({{"scopes", "{ required: [a, a] }"}}), ElementsAre(HasSubstr("appears twice")));
}

TEST(ChecksTest, AProxysUserHasAPassword) {
    const auto errors = [](const std::string& proxy) {
        return errors_of(document(plain_resource(), {{"proxy", proxy}}));
    };
    EXPECT_THAT(errors("{ url: http://p:1, user: u }"), ElementsAre(HasSubstr("need each other")));
    EXPECT_THAT(errors("{ url: https://p:1 }"), ElementsAre(HasSubstr("is https")));
    std::string hosts = "[";
    for (int i = 0; i < 200; i++)
        hosts += "host-number-" + std::to_string(i) + ".example.com,";
    EXPECT_THAT(errors("{ url: http://p:1, no_proxy: " + hosts + "] }"),
                ElementsAre(HasSubstr("proxy.no_proxy: is too long")));
}

// What the module would refuse: nginx would name a line of a file that nobody wrote.
TEST(ChecksTest, WhatADirectiveOfOursRefusesIsToldByItsKey) {
    for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
             {"url", "http://~x/mcp"},
             {"url", "https://mcp.example.com/healthz/"},
             {"path", "/readyz/"},
             {"authorization_servers", "\"https://a.example.com/x,https://b.example.com\""},
             {"audiences", "\"a,b\""},
             {"audiences", "on"},
             {"issuers", "$x"},
             {"tools", "{ \"a|b\": s }"},
             {"tools", "{ \"$x\": s }"},
             {"prompts", "{ \"~x\": s }"},
             {"prompts", "{ \"x \": s }"},
             {"methods", "{ \"a|b\": s }"},
             {"anonymous_methods", "[on]"},
             {"scopes", "{ required: on }"},
             {"scopes", "{ supported: $x }"},
             {"scopes", "{}"},
             {"identity_headers", "{ X-User: \"a,b\" }"},
             {"identity_headers", "{ X-Forwarded-Host: sub }"},
             {"identity_headers", "{ x_forwarded_proto: iss }"},
             {"introspection", "{ url: https://a/i, client_id: $x, client_secret_file: /s }"}})
        EXPECT_THAT(errors_with({{key, value}}),
                    ElementsAre(testing::ContainsRegex("^/etc/mcp.yaml:1:[0-9]+: resources\\[0\\]\\." + key)))
            << value;
    EXPECT_THAT(errors_of(document(plain_resource(), {{"resolver", "[valid=30s, ipv6=off]"}})),
                ElementsAre(HasSubstr("resolver: names no address")));
    std::string many = "[";
    for (int i = 0; i < 17; i++)
        many += "10.0.0." + std::to_string(i) + ", ";
    EXPECT_THAT(errors_of(document(plain_resource(), {{"resolver", many + "valid=30s]"}})),
                ElementsAre(HasSubstr("resolver: names 17 DNS servers; at most 16")));
}

TEST(ChecksTest, AScopeThatNoClientIsToldOfIsWarnedAbout) {
    const auto warnings = [](const std::string& scopes) {
        Mapping resource = plain_resource();
        resource["tools"] = "{ x: [mcp:write, mcp:read] }";
        resource["scopes"] = scopes;
        return findings_of(document(resource)).warnings;
    };
    EXPECT_THAT(warnings("{ required: mcp:read }"),
                ElementsAre(HasSubstr("resources[0].tools: \"mcp:write\" is in neither scopes.supported nor")));
    EXPECT_THAT(warnings("{ required: mcp:read, supported: [mcp:read, mcp:write] }"), IsEmpty());
    EXPECT_THAT(warnings("{ required: mcp:read, challenge: [mcp:read, mcp:write] }"), IsEmpty());
    EXPECT_THAT(warnings("{ required: mcp:read, supported: [mcp:read, a], implies: { a: mcp:write } }"), IsEmpty());
}

TEST(ChecksTest, AScopeThatWouldBeAParameterIsNone) {
    for (const std::string scope : {"method=x", "tool=x", "a,b", "name=x"})
        EXPECT_THAT(errors_with({{"scopes", "{ required: [" + std::string("\"") + scope + "\"] }"}}),
                    testing::SizeIs(1))
            << scope;
    EXPECT_THAT(errors_with({{"scopes", "{ required: [\"https://api.example.com/a?b=c\"] }"}}), IsEmpty());
}

}  // namespace
}  // namespace cli::file
