// A resource, and what authorize() says of a request to it.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "mcp/authorize.h"
#include "mcp/challenge.h"
#include "oauth/jwt/verifier.h"

namespace mcp {

inline constexpr std::string_view uri = "https://mcp.example.com/mcp";
inline constexpr std::string_view metadata_uri = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";
inline constexpr std::string_view bearer = "Bearer abc.def.ghi";

// A token with these claims. Its signature is not looked at here: that is the verifier's own test.
inline oauth::VerifiedToken token_with(const std::string& claims) {
    static constexpr std::string_view header = "eyJhbGciOiJSUzI1NiJ9";  // {"alg":"RS256"}
    oauth::jwt::VerificationRules rules;
    rules.accept_any_signature = true;
    rules.claims.allow_missing_expiration = true;
    std::string jws(header);
    jws += "." + base::base64url::encode(claims) + ".AA";
    auto token = oauth::jwt::Verifier::verify(jws, {}, rules, 1);
    EXPECT_TRUE(token);
    return std::move(*token);
}

struct AuthorizeTest : testing::Test {
    AuthorizeTest() : resource{.uri = *ResourceUri::parse(uri), .metadata_uri = std::string(metadata_uri)} {
        resource.policy.add({.scopes = scopes({"mcp:read"})});
        resource.allowed_origins = {"https://app.example"};
    }

    oauth::ScopeSet scopes(std::initializer_list<std::string_view> names) {
        oauth::ScopeSet set;
        for (const auto scope : names)
            set.insert(*resource.scopes.intern(scope));
        EXPECT_FALSE(resource.scopes.compile());
        return set;
    }

    Decision decide(const Evidence& evidence = {}) {
        request.authorization = authorization;
        request.origin = origin;
        request.mirrored = {.protocol_version = version, .method = method, .name = name};
        request.body = {.content_type = content_type, .content_encoding = content_encoding};
        return authorize(resource, request, evidence);
    }

    // Everything found out that can be: a token with these scopes, and the body.
    Decision decide_with(std::string_view granted, std::string_view body = {}) {
        const auto token = token_with(R"({"sub":"a","scope":")" + std::string(granted) + "\"}");
        const auto message = Message::parse(body);
        Evidence evidence{.token = authorization.empty() ? nullptr : &token};
        if (message) evidence.message = &*message;
        if (!message) evidence.body_error = message.error();
        return decide(evidence);
    }

    void add_tool_rule() {
        resource.policy.add(
            {.scopes = scopes({"mcp:write"}), .operations = {.method = "tools/call", .name = "delete_*"}});
    }

    Resource resource;
    Request request{.http_method = "POST", .has_body = true};
    std::vector<std::string_view> content_type{"application/json"}, content_encoding;
    std::vector<std::string_view> authorization{bearer};
    std::vector<std::string_view> origin, version, method, name;
};

inline constexpr std::string_view delete_call =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_all"}})";
inline constexpr std::string_view echo_call =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}})";

}  // namespace mcp
