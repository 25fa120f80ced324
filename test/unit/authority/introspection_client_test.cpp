#include "authority/introspection_client.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "ngx/config.h"

namespace authority {
namespace {

using oauth::ClientCredentials;
using std::chrono::seconds;

class IntrospectionClientTest : public testing::Test {
protected:
    using Settings = IntrospectionClient::Settings;

    // `change`: how its settings differ from those of the other tests.
    IntrospectionClient client(const std::function<void(Settings&)>& change = [](Settings&) {}) const {
        Settings settings{.url = "https://as.example/introspect",
                          .credentials = ClientCredentials::basic("gateway", "secret"),
                          .certificate = nullptr,
                          .trusted = &*trusted,
                          .keep_for = {.active = seconds(60), .inactive = seconds(5)}};
        change(settings);
        return IntrospectionClient(std::move(settings));
    }

    std::expected<ngx::TrustStore, std::string> trusted = ngx::TrustStore::load(nullptr);
    oauth::ClaimsRules rules;
};

// What is kept for one of them says nothing to another, in whatever place they share.
TEST_F(IntrospectionClientTest, WhateverAnAnswerDependsOnIsPartOfItsKey) {
    ASSERT_TRUE(trusted);
    std::set<std::string> keys;
    const auto is_new = [&](const IntrospectionClient& asked, std::string_view token = "token") {
        const auto key = asked.terms(token, rules).query.key;
        return keys.insert(std::string(base::bytes(key))).second;
    };
    EXPECT_TRUE(is_new(client()));
    EXPECT_FALSE(is_new(client())) << "the same is the same";
    EXPECT_TRUE(is_new(client(), "other token"));
    EXPECT_TRUE(is_new(client([](Settings& settings) { settings.url += "/"; })));
    for (const auto make : {ClientCredentials::basic, ClientCredentials::post}) {
        EXPECT_TRUE(is_new(client([&](Settings& settings) { settings.credentials = make("gateway", "other"); })));
        EXPECT_TRUE(is_new(client([&](Settings& settings) { settings.credentials = make("other", "secret"); })));
    }
    EXPECT_TRUE(
        is_new(client([](Settings& settings) { settings.credentials = ClientCredentials::certificate("gateway"); })));
    for (const auto& [active, inactive] : {std::pair(61, 5), std::pair(60, 6), std::pair(6, 5), std::pair(6, 65)})
        EXPECT_TRUE(is_new(client([&](Settings& settings) {
            settings.keep_for = {.active = seconds(active), .inactive = seconds(inactive)};
        })));
}

TEST_F(IntrospectionClientTest, TheLogIsToldWhomItAsksAndNoSecret) {
    ASSERT_TRUE(trusted);
    EXPECT_EQ(client().description(), R"("https://as.example/introspect" as client "gateway")");
    const std::string description =
        client([](Settings& settings) { settings.url = "https://as.example/introspect?key=value"; }).description();
    for (const std::string_view hidden : {"key=value", "secret"})
        EXPECT_FALSE(description.contains(hidden)) << description;
}

TEST_F(IntrospectionClientTest, WhatIsNoUrlIsNotAsked) {
    ASSERT_TRUE(trusted);
    for (const char* url : {"", "as.example/introspect", "ftp://as.example/", "https://", "/introspect",
                            "https://user:password@as.example/"})
        EXPECT_THROW(client([&](Settings& settings) { settings.url = url; }), ngx::ConfigError) << url;
}

}  // namespace
}  // namespace authority
