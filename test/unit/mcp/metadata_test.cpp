#include "mcp/metadata.h"

#include <gtest/gtest.h>

namespace mcp {
namespace {

// SPEC 55
TEST(MetadataTest, TheDocumentSaysResourceServersScopesAndMethods) {
    const Metadata metadata{.resource = *ResourceUri::parse("https://mcp.example.com/mcp"),
                            .authorization_servers = {"https://auth.example.com", "https://other.example.com/"},
                            .scopes_supported = {"mcp:read", "mcp:write"}};
    EXPECT_EQ(metadata_document(metadata),
              R"({"resource":"https://mcp.example.com/mcp",)"
              R"("authorization_servers":["https://auth.example.com","https://other.example.com/"],)"
              R"("scopes_supported":["mcp:read","mcp:write"],"bearer_methods_supported":["header"]})");
}

// SPEC 56
TEST(MetadataTest, EmptyArraysAreLeftOut) {
    const Metadata metadata{.resource = *ResourceUri::parse("https://mcp.example.com"),
                            .authorization_servers = {"https://auth.example.com"},
                            .scopes_supported = {}};
    EXPECT_EQ(metadata_document(metadata).find("scopes_supported"), std::string::npos);
}

// RFC 9728 section 2.1
TEST(MetadataTest, WhatIsForPeopleMayStandThereInSeveralLanguages) {
    const Metadata metadata{.resource = *ResourceUri::parse("https://mcp.example.com"),
                            .authorization_servers = {},
                            .scopes_supported = {},
                            .bearer_methods_supported = {},
                            .descriptions = {{"resource_name", "", "The \"Weather\""},
                                             {"resource_name", "de", "Das Wetter"},
                                             {"resource_tos_uri", "", "https://example.com/terms#mcp"}}};
    EXPECT_EQ(metadata_document(metadata),
              R"({"resource":"https://mcp.example.com","resource_name":"The \"Weather\"",)"
              R"("resource_name#de":"Das Wetter","resource_tos_uri":"https://example.com/terms#mcp"})");
}

}  // namespace
}  // namespace mcp
