// The factories of keys that are fetched. What becomes of those is in remote_keys_test.cpp.
#include "authority/issuer_keys.h"

#include <gtest/gtest.h>

#include <string>

#include "ngx/config.h"
#include "support/fetched.h"
#include "support/nginx.h"
#include "support/outcome.h"

namespace authority {
namespace {

using support::fetched;

class IssuerKeysTest : public testing::Test {
protected:
    using Factory = std::unique_ptr<IssuerKeys> (*)(std::string, const RemoteKeysOptions&);

    void SetUp() override {
        ASSERT_TRUE(trusted);
        options.trusted = &*trusted;
    }
    // What `nginx -t` says; empty: nothing.
    std::string complaint(Factory make, const std::string& location) const {
        try {
            make(location, options);
            return "";
        } catch (const ngx::ConfigError& error) {
            return error.what();
        }
    }
    // Whom a worker asks first.
    std::string first_asked(Factory make, const std::string& location) const {
        const auto keys = make(location, options);
        keys->start();
        if (support::Nginx::timers().size() != 1) return "nobody";
        support::Nginx::expire(*support::Nginx::timers().front());
        return fetched().empty() ? "nobody" : fetched().front().request.url;
    }

    support::Nginx nginx;
    std::expected<ngx::TrustStore, std::string> trusted = ngx::TrustStore::load(nullptr);
    RemoteKeysOptions options;
};

TEST_F(IssuerKeysTest, WhatIsNoHttpUrlIsRefusedBeforeNginxStarts) {
    for (const Factory make : {IssuerKeys::from_url, IssuerKeys::from_discovery})
        for (const std::string location :
             {"", "as.example", "/keys", "file:///etc/passwd", "ftp://as.example/", "https://", "HTTPS://as.example",
              "https://as.example/#x", "https://as.example/a b", "https://user:password@as.example/"})
            EXPECT_TRUE(complaint(make, location).ends_with("\" is not an http or https URL")) << location;
}

TEST_F(IssuerKeysTest, AComplaintRepeatsNoPassword) {
    for (const Factory make : {IssuerKeys::from_url, IssuerKeys::from_discovery}) {
        const std::string text = complaint(make, "https://user:password@as.example/keys?key=secret#x");
        EXPECT_TRUE(text.contains("as.example/keys")) << text;
        EXPECT_FALSE(text.contains("password") || text.contains("secret")) << text;
    }
}

// RFC 8414 section 2: an issuer has no query, and a URL of keys may have one.
TEST_F(IssuerKeysTest, AQueryIsForKeysAndNotForIssuers) {
    EXPECT_EQ(complaint(IssuerKeys::from_url, "https://as.example/keys?v=2"), "");
    EXPECT_TRUE(complaint(IssuerKeys::from_discovery, "https://as.example/?v=2").contains("cannot be discovered: "));
}

TEST_F(IssuerKeysTest, AUrlOfKeysIsAskedForThemAndAnIssuerForItsMetadata) {
    EXPECT_EQ(first_asked(IssuerKeys::from_url, "https://as.example/t"), "https://as.example/t");
    EXPECT_EQ(first_asked(IssuerKeys::from_discovery, "https://as.example/t"),
              "https://as.example/.well-known/oauth-authorization-server/t");
}

// So nginx starts while the authorization server is away.
TEST_F(IssuerKeysTest, NobodyIsAskedBeforeTheWorkersRun) {
    for (const Factory make : {IssuerKeys::from_url, IssuerKeys::from_discovery}) {
        const auto keys = make("https://as.example", options);
        EXPECT_EQ(support::outcome(keys->current()), "keys_unavailable");
        EXPECT_EQ(keys->asked_at(), std::nullopt);
        EXPECT_TRUE(fetched().empty() && support::Nginx::timers().empty());
    }
}

// nginx has processes beside its workers: its cache manager would fetch keys that nobody uses.
TEST_F(IssuerKeysTest, OnlyAWorkerAsks) {
    for (const ngx_uint_t process : {NGX_PROCESS_MASTER, NGX_PROCESS_SIGNALLER, NGX_PROCESS_HELPER}) {
        ngx_process = process;
        EXPECT_EQ(first_asked(IssuerKeys::from_url, "https://as.example/t"), "nobody") << process;
    }
    ngx_process = NGX_PROCESS_SINGLE;
    EXPECT_EQ(first_asked(IssuerKeys::from_url, "https://as.example/t"), "https://as.example/t");
}

}  // namespace
}  // namespace authority
