#include "oauth/discovery/well_known.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oauth::discovery {
namespace {

using testing::ElementsAre;

std::vector<std::string> urls_of(std::string_view issuer) {
    return metadata_urls(issuer).value();
}

TEST(WellKnown, AnIssuerThatCannotHaveMetadataIsRefused) {
    for (const std::string_view issuer :
         {"", "auth.example.com", "urn:example:issuer", "ftp://auth.example.com", "https://", "https://a?tenant=1",
          "https://a/b?", "https://a/#b", "https://user@a"})
        EXPECT_EQ(metadata_urls(issuer).error(), Error::issuer_not_url) << issuer;
}

// SPEC 3: MCP's authorization specification, "Authorization Server Metadata Discovery".
TEST(WellKnown, AnIssuerWithoutAPathHasTwoPlaces) {
    EXPECT_THAT(urls_of("https://auth.example.com"),
                ElementsAre("https://auth.example.com/.well-known/oauth-authorization-server",
                            "https://auth.example.com/.well-known/openid-configuration"));
}

TEST(WellKnown, AnIssuerWithAPathHasThreePlaces) {
    EXPECT_THAT(urls_of("https://auth.example.com/tenant1"),
                ElementsAre("https://auth.example.com/.well-known/oauth-authorization-server/tenant1",
                            "https://auth.example.com/.well-known/openid-configuration/tenant1",
                            "https://auth.example.com/tenant1/.well-known/openid-configuration"));
}

TEST(WellKnown, APathOfSeveralPartsStaysWhole) {
    EXPECT_THAT(urls_of("http://localhost:8080/realms/main"),
                ElementsAre("http://localhost:8080/.well-known/oauth-authorization-server/realms/main",
                            "http://localhost:8080/.well-known/openid-configuration/realms/main",
                            "http://localhost:8080/realms/main/.well-known/openid-configuration"));
}

// RFC 8414 section 3.1
TEST(WellKnown, ATerminatingSlashIsLeftOut) {
    EXPECT_EQ(urls_of("https://auth.example.com/"), urls_of("https://auth.example.com"));
    EXPECT_EQ(urls_of("https://auth.example.com/tenant1/"), urls_of("https://auth.example.com/tenant1"));
}

}  // namespace
}  // namespace oauth::discovery
