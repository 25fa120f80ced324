// Any bytes as an introspection response: what comes out as a token said "active": true and is in time.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oauth/introspection/response.h"

namespace {

using namespace oauth;

constexpr NumericDate now = 1'700'000'000;

void require(bool condition) {
    if (!condition) std::abort();
}

void check(const VerifiedToken& token) {
    require(token.claims().member("active").value().boolean() == true);
    require(!token.expiration() || *token.expiration() > now);
    const auto scope = token.claims().present("scope");
    require(!scope || scope->kind() == json::Kind::string || scope->is_array_of_strings());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    ClaimsRules rules;
    rules.allow_missing_expiration = true;
    const auto response = introspection::Response::parse(body);
    const auto token = response ? response->check(rules, now) : std::unexpected(response.error());
    if (token) check(**token);

    rules.accepted_audiences = {"https://mcp.example.com/mcp"};
    const auto strict = response ? response->check(rules, now) : std::unexpected(response.error());
    require(!strict || token);
    if (strict) require(oauth::audience_contains((*strict)->claims(), "https://mcp.example.com/mcp"));

    const introspection::KeepFor limits{.active = std::chrono::seconds(60), .inactive = std::chrono::seconds(5)};
    const auto time = introspection::time_to_keep(response, limits, now);
    require(time.count() >= 0 && time <= limits.active);
    const bool is_inactive = !response && response.error() == Error::token_inactive;
    require((time.count() > 0) == (token || is_inactive));

    const auto refusal = introspection::refusal({.status = 400, .body = body});
    const bool is_about_token = refusal == Error::token_kind_refused || refusal == Error::token_inactive;
    require(is_about_token || describe(refusal.value()).http_status == 503);
    const auto demanding = introspection::refusal({.status = 401, .body = body, .challenge = "Basic"});
    require(demanding == Error::server_refuses_client);
    return 0;
}
