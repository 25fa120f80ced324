#include "cli/settings/file/unknown_key.h"

#include <gmock/gmock.h>

#include "cli/settings/file/limit_keys.h"
#include "cli/settings/file/resource_keys.h"

namespace cli::file {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(UnknownKeyTest, ANameThatIsNearlyRightIsToldTheRightOne) {
    EXPECT_EQ(about_unknown_key(root(), "resourses"), "is not a known key; did you mean \"resources\"?");
    EXPECT_THAT(about_unknown_key(resource_object, "authorizationServer"), HasSubstr("\"authorization_servers\""));
    EXPECT_THAT(about_unknown_key(resource_object, "Allowed-Origins"), HasSubstr("\"allowed_origins\""));
    EXPECT_THAT(about_unknown_key(resource_object, "bakcend"), HasSubstr("\"backend\""));
    EXPECT_EQ(about_unknown_key(rate_limit_object, "tools"), "is not a known key; did you mean \"tool\"?");
    EXPECT_EQ(about_unknown_key(root(), "resource"), "is not a known key; did you mean \"resources\"?");
    EXPECT_THAT(about_unknown_key(scopes_object, "xyzzy"),
                HasSubstr("the keys here are required, supported, challenge, implies"));
    EXPECT_THAT(about_unknown_key(root(), std::string(100'000, 'x')), HasSubstr("the keys here are resources"));
}

TEST(UnknownKeyTest, AKeyOfAnotherPlaceIsToldWhereItStands) {
    EXPECT_THAT(about_unknown_key(root(), "backend"),
                HasSubstr("is not a known key here; it is \"resources[].backend\""));
    EXPECT_THAT(about_unknown_key(resource_object, "listen"), HasSubstr("it is \"listen\""));
    EXPECT_THAT(about_unknown_key(defaults_object, "backend"), HasSubstr("it is \"resources[].backend\""));
    EXPECT_THAT(about_unknown_key(resource_object, "required"), HasSubstr("it is \"resources[].scopes.required\""));
}

TEST(UnknownKeyTest, WhatOthersCallItIsToldOurName) {
    for (const auto& [name, key] :
         std::initializer_list<std::pair<const char*, std::string>>{{"metrics", "status"},
                                                                    {"prometheus", "status"},
                                                                    {"trace", "tracing"},
                                                                    {"traces", "tracing"},
                                                                    {"OpenTelemetry", "tracing"},
                                                                    {"record", "audit"},
                                                                    {"audit_log", "audit"}})
        EXPECT_EQ(about_unknown_key(root(), name), "is not a known key; did you mean \"" + key + "\"?") << name;
    EXPECT_EQ(about_unknown_key(*root().find("tracing")->object, "endpoint"),
              "is not a known key; did you mean \"exporter\"?");
    EXPECT_EQ(about_unknown_key(*root().find("audit")->object, "file"), "is not a known key; did you mean \"log\"?");
    EXPECT_EQ(about_unknown_key(resource_object, "metrics"),
              "is not a known key here; did you mean \"status\" at the beginning of a line?");
}

TEST(UnknownKeyTest, ADirectiveIsToldItsKey) {
    EXPECT_THAT(about_unknown_key(resource_object, "mcp_audience"), HasSubstr("the key is \"resources[].audiences\""));
    EXPECT_THAT(about_unknown_key(resource_object, "mcp_scope"),
                HasSubstr("\"resources[].tools\", \"resources[].prompts\", \"resources[].resource_uris\""));
    EXPECT_THAT(about_unknown_key(root(), "MCP_BACKEND"), HasSubstr("`mcp-resource convert`"));
    EXPECT_EQ(about_unknown_key(resource_object, "proxy_pass"),
              "is an nginx directive, not a key; the key is \"resources[].backend\", \"resources[].backend.url\"");
}

TEST(UnknownKeyTest, ASecretIsToldThatItStandsInAFile) {
    EXPECT_THAT(about_unknown_key(introspection_object, "client_secret"),
                HasSubstr("secrets are in separate files; name the file in \"client_secret_file\""));
    EXPECT_THAT(about_unknown_key(introspection_object, "secret"), HasSubstr("\"client_secret_file\""));
    EXPECT_THAT(about_unknown_key(*root().find("proxy")->object, "password"), HasSubstr("\"password_file\""));
    EXPECT_THAT(about_unknown_key(root(), "apiKey"), HasSubstr("separate files"));
    EXPECT_THAT(about_unknown_key(root(), "secret"), Not(HasSubstr("name the file")));
}

}  // namespace
}  // namespace cli::file
