#include "oauth/discovery/metadata_search.h"

#include <gtest/gtest.h>

#include <string>

namespace oauth::discovery {
namespace {

using Next = MetadataSearch::Next;

const std::string issuer = "https://auth.example.com/tenant1";
const std::string document =
    R"({"issuer":"https://auth.example.com/tenant1","jwks_uri":"https://keys.example.com/jwks"})";
const std::string without_keys = R"({"issuer":"https://auth.example.com/tenant1"})";

MetadataSearch search() {
    return *MetadataSearch::of(issuer);
}

TEST(MetadataSearchTest, WhatIsNoUrlHasNoMetadata) {
    EXPECT_EQ(MetadataSearch::of("somebody").error(), Error::issuer_not_url);
}

TEST(MetadataSearchTest, AllPlacesOfAServerThatAnswersAreTried) {
    MetadataSearch keys = search();
    const std::string first = keys.url();
    EXPECT_EQ(keys.take({.document = {}, .trouble = "the answer has status 404"}), Next::next_url);
    EXPECT_NE(keys.url(), first);
    EXPECT_EQ(keys.take({.document = "<html>"}), Next::next_url);
    EXPECT_EQ(keys.take({.document = document}), Next::keys);
    EXPECT_EQ(keys.jwks_uri(), "https://keys.example.com/jwks");
}

TEST(MetadataSearchTest, AServerThatIsNotReachedIsAskedOnce) {
    MetadataSearch keys = search();
    EXPECT_EQ(keys.take({.document = {}, .trouble = "no connection", .was_server_reached = false}), Next::no_more);
    EXPECT_EQ(keys.trouble(), "https://auth.example.com/.well-known/oauth-authorization-server/tenant1: no connection");
}

TEST(MetadataSearchTest, MetadataWithoutKeysIsToldApartFromNone) {
    MetadataSearch keys = search();
    EXPECT_EQ(keys.take({.document = without_keys}), Next::next_url);
    EXPECT_EQ(keys.take({.document = {}, .trouble = "x"}), Next::next_url);
    EXPECT_EQ(keys.take({.document = {}, .trouble = "x"}), Next::no_keys);
    keys.begin();
    for (int place = 0; place < 2; ++place)
        EXPECT_EQ(keys.take({.document = {}, .trouble = "x"}), Next::next_url);
    EXPECT_EQ(keys.take({.document = {}, .trouble = "x"}), Next::no_more);
}

TEST(MetadataSearchTest, WhereItWasItIsLookedForFirstAndThereAlone) {
    MetadataSearch keys = search();
    keys.take({.document = {}, .trouble = "x"});
    const std::string second = keys.url();
    ASSERT_EQ(keys.take({.document = document}), Next::keys);
    keys.begin();
    EXPECT_EQ(keys.url(), second);
    EXPECT_EQ(keys.take({.document = {}, .trouble = "x"}), Next::no_more);
}

TEST(MetadataSearchTest, WhatIsAtAnotherHostLeadsElsewhere) {
    const MetadataSearch keys = search();
    for (const char* url : {"https://keys.example.com/jwks", "https://127.0.0.1/jwks", "jwks", ""})
        EXPECT_TRUE(keys.leads_elsewhere(url)) << url;
    for (const char* url : {"https://auth.example.com/jwks", "https://AUTH.example.com:8443/jwks"})
        EXPECT_FALSE(keys.leads_elsewhere(url)) << url;
}

}  // namespace
}  // namespace oauth::discovery
