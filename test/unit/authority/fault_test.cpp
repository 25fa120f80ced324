#include <gtest/gtest.h>

#include <array>
#include <string>

#include "authority/transport.h"
#include "support/nginx.h"

namespace authority {
namespace {

const HttpEndpoint url{.url = "https://as.example/introspect?key=hidden", .trusted = nullptr};
constexpr InternalLocation location{.uri = "/_introspect", .written = "$where_it_is"};

TEST(Fault, WhomItIsAboutIsNamedHoweverItWasAsked) {
    const support::Nginx nginx;
    const Answer answer{.status = 500};
    EXPECT_EQ(fault_of(answer, location).detail, R"("/_introspect" gave status 500)") << "where the directive led";
    const std::string detail = fault_of(answer, url).detail;
    EXPECT_TRUE(detail.starts_with("\"https://as.example/introspect")) << detail;
    EXPECT_FALSE(detail.contains("hidden")) << detail;
}

TEST(Fault, NoneOfTheSecretsIsToldHoweverItWasAsked) {
    const support::Nginx nginx;
    const std::array<std::string_view, 2> secrets = {"the-token-of-a-client", "the-secret-of-nginx"};
    const Answer answer{.status = 400,
                        .body = R"({"error":"the-token-of-a-client","error_description":"the-secret-of-nginx"})"};
    for (const Endpoint& endpoint : {Endpoint(url), Endpoint(location)}) {
        const std::string detail = fault_of(answer, endpoint, secrets).detail;
        for (const std::string_view secret : secrets)
            EXPECT_FALSE(detail.contains(secret)) << detail;
    }
}

// 2023-11-14 22:13:20 GMT is the time of support::Nginx.
TEST(Fault, AClientWaitsUntilTheDateThatTheServerNamed) {
    const support::Nginx nginx;
    const Answer answer{.status = 503, .retry_after = "Tue, 14 Nov 2023 22:13:50 GMT"};
    EXPECT_EQ(fault_of(answer, url).retry_after, std::chrono::seconds(30));
    support::Nginx::pass(std::chrono::seconds(10));
    EXPECT_EQ(fault_of(answer, location).retry_after, std::chrono::seconds(20));
}

}  // namespace
}  // namespace authority
