#include "authority/discovery.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "ngx/config.h"

namespace authority {
namespace {

using Next = Discovery::Next;

const std::string issuer = "https://as.example/t";

ngx::FetchResult answer(std::string body, long status = 200) {
    return ngx::FetchResponse{.status = status,
                              .body = std::move(body),
                              .content_type = {},
                              .cache_control = {},
                              .retry_after = {},
                              .challenge = {}};
}

ngx::FetchResult failure(ngx::FetchError error) {
    return std::unexpected(ngx::FetchFailure{error, {}});
}

std::string metadata(std::string_view members = R"(,"jwks_uri":"https://as.example/keys")",
                     std::string_view of = issuer) {
    return R"({"issuer":")" + std::string(of) + '"' + std::string(members) + "}";
}

TEST(Discovery, WhatIsNoIssuerIsRefused) {
    for (const char* text :
         {"", "as.example", "ftp://as.example", "https://as.example/?x", "https://as.example/#x", "https://"})
        EXPECT_THROW(const Discovery discovery(text), ngx::ConfigError) << text;
}

// RFC 8414 section 3.3: wherever a redirect led, it is the metadata of the issuer that was asked, or nobody's.
TEST(Discovery, MetadataOfAnotherIssuerIsNobodys) {
    for (const std::string_view other :
         {"https://as.example/t/", "https://as.example/T", "http://as.example/t", "https://evil.example", ""}) {
        Discovery discovery(issuer);
        EXPECT_NE(discovery.take(answer(metadata(R"(,"jwks_uri":"https://evil.example/keys")", other))), Next::keys)
            << other;
        EXPECT_TRUE(discovery.trouble().contains("names another issuer: issuer is \"" + std::string(other) +
                                                 "\", expected is \"https://as.example/t\""))
            << discovery.trouble();
        EXPECT_EQ(discovery.jwks_uri(), "");
    }
}

TEST(Discovery, WhatCannotBeReadGivesNoKeysAndSaysWhy) {
    for (const std::string_view body :
         {"", "<html>", "[]", "{}", R"({"issuer":"https://as.example/t","issuer":"https://as.example/t"})"}) {
        Discovery discovery(issuer);
        EXPECT_EQ(discovery.take(answer(std::string(body))), Next::next_url) << body;
        EXPECT_FALSE(discovery.trouble().empty());
    }
}

TEST(Discovery, KeysOfAnHttpsIssuerAreNotFetchedInPlainText) {
    Discovery discovery(issuer);
    EXPECT_EQ(discovery.take(answer(metadata(R"(,"jwks_uri":"http://as.example/keys")"))), Next::next_url);
    EXPECT_TRUE(discovery.trouble().contains(R"(jwks_uri is "http://as.example/keys")")) << discovery.trouble();
}

TEST(Discovery, AllPlacesAreTriedAndThenNoMore) {
    Discovery discovery(issuer);
    std::vector<std::string> urls = {discovery.url()};
    Next next = discovery.take(answer("", 404));
    for (; next == Next::next_url; next = discovery.take(answer("", 404)))
        urls.push_back(discovery.url());
    EXPECT_EQ(next, Next::no_more);
    EXPECT_EQ(urls, (std::vector<std::string>{"https://as.example/.well-known/oauth-authorization-server/t",
                                              "https://as.example/.well-known/openid-configuration/t",
                                              "https://as.example/t/.well-known/openid-configuration"}));
    for (const std::string& url : urls)
        EXPECT_TRUE(discovery.trouble().contains(url + ": the answer has status 404")) << discovery.trouble();
}

TEST(Discovery, WhoCannotBeReachedHasNoOtherPlace) {
    for (const auto error :
         {ngx::FetchError::connection_failed, ngx::FetchError::timed_out, ngx::FetchError::tls_failed,
          ngx::FetchError::name_not_resolved, ngx::FetchError::address_refused}) {
        Discovery discovery(issuer);
        EXPECT_EQ(discovery.take(failure(error)), Next::no_more);
    }
    for (const auto error :
         {ngx::FetchError::redirect_refused, ngx::FetchError::response_too_large, ngx::FetchError::response_encoded}) {
        Discovery discovery(issuer);
        EXPECT_EQ(discovery.take(failure(error)), Next::next_url);
    }
}

// Else who can break one answer could lead us to a place that the issuer does not use.
TEST(Discovery, WhereTheMetadataWasItIsAskedAndNowhereElse) {
    Discovery discovery(issuer);
    discovery.take(answer("", 404));
    ASSERT_EQ(discovery.take(answer(metadata())), Next::keys);
    EXPECT_EQ(discovery.jwks_uri(), "https://as.example/keys");
    const std::string place = discovery.url();
    discovery.begin();
    EXPECT_EQ(discovery.url(), place);
    EXPECT_EQ(discovery.take(answer("", 404)), Next::no_more);
    discovery.begin();
    EXPECT_NE(discovery.url(), place) << "after it has failed there, all are tried again";
    EXPECT_EQ(discovery.trouble(), "");
}

TEST(Discovery, AnIssuerWithoutKeysIsTold) {
    Discovery discovery(issuer);
    Next next = discovery.take(answer(metadata("")));
    while (next == Next::next_url)
        next = discovery.take(answer("", 404));
    EXPECT_EQ(next, Next::no_keys);
}

TEST(Discovery, AUrlLeadsElsewhereUnlessItIsOfTheSameHost) {
    const Discovery discovery(issuer);
    for (const std::string_view url : {"https://evil.example/keys", "https://as.example.evil.example/",
                                       "https://as.exampl/", "", "keys", "https://as.example@evil.example/"})
        EXPECT_TRUE(discovery.leads_elsewhere(url)) << url;
    EXPECT_FALSE(discovery.leads_elsewhere("https://as.example/other/keys"));
}

}  // namespace
}  // namespace authority
