#include "cli/settings/sources.h"

#include <gmock/gmock.h>

namespace cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Sources three_values() {
    Sources sources;
    sources.values.resource = "https://mcp.example.com/mcp";
    sources.values.authorization_server = "https://auth.example.com";
    sources.values.backend = "http://backend:3001";
    return sources;
}

std::vector<std::string> errors(const Sources& sources, const Environment& environment) {
    Findings findings;
    read_gateway(sources, environment, findings);
    return findings.errors;
}

TEST(SourcesTest, ThreeValuesStandAlone) {
    EXPECT_THAT(errors(three_values(), {}), IsEmpty());
    EXPECT_THAT(errors(three_values(), {{"MCP_BACKEND", "a:1"}, {"MCP_TLS", "off"}}),
                ElementsAre(HasSubstr("MCP_BACKEND is set together with --resource"),
                            HasSubstr("MCP_TLS is set together with")));
    EXPECT_THAT(errors(three_values(), {{"MCP_BACKEND", ""}, {"MCP_OTHER", "x"}}), IsEmpty());
    EXPECT_THAT(errors(three_values(), {{"MCP_CONFIG", "/x"}}),
                ElementsAre(HasSubstr("MCP_CONFIG is set together with")));
    Sources both = three_values();
    both.file = "/x";
    EXPECT_THAT(errors(both, {}), ElementsAre(HasSubstr("--config is given together with")));
}

TEST(SourcesTest, AFileStandsAlone) {
    Sources file;
    file.file = "/nonexistent/mcp.yaml";
    EXPECT_THAT(errors(file, {{"MCP_BACKEND", "a:1"}}),
                Contains(HasSubstr("MCP_BACKEND is set together with --config")));
    EXPECT_THAT(errors(file, {{"MCP_CONFIG", "/x"}}), Contains(HasSubstr("MCP_CONFIG is set together with --config")));
    EXPECT_THAT(errors({}, {{"MCP_CONFIG", "/nonexistent/mcp.yaml"}, {"MCP_BACKEND", "a:1"}}),
                Contains(HasSubstr("MCP_BACKEND is set together with MCP_CONFIG")));
    EXPECT_EQ(settings_file(file, {{"MCP_CONFIG", "/x"}}), "/nonexistent/mcp.yaml");
    EXPECT_EQ(settings_file({}, {{"MCP_CONFIG", "/x"}}), "/x");
    EXPECT_EQ(settings_file({}, {{"MCP_CONFIG", ""}}), std::nullopt);
}

TEST(SourcesTest, ForACommandThatOnlyLooksConfigWinsOverTheVariableThatNamesAFile) {
    Sources file;
    file.file = "/nonexistent/mcp.yaml";
    file.overrides_file_variable = true;
    EXPECT_THAT(errors(file, {{"MCP_CONFIG", "/x"}}), ElementsAre(HasSubstr("/nonexistent/mcp.yaml: ")));
    EXPECT_THAT(errors(file, {{"MCP_BACKEND", "a:1"}}),
                Contains(HasSubstr("MCP_BACKEND is set together with --config")));
}

TEST(SourcesTest, ElseTheEnvironmentSpeaks) {
    EXPECT_THAT(errors({}, {{"MCP_TLS", "off"}}), Contains("MCP_AUTH_MODE is required but not set"));
    EXPECT_THAT(errors({}, {{"MCP_TLS", "off"}}), Not(Contains(HasSubstr("--resource"))));
    EXPECT_THAT(errors({}, {{"MCP_CONFIG", ""}}), Not(Contains(HasSubstr("beside"))));
}

TEST(SourcesTest, WhoeverSaysNothingIsToldTheShortestWayFirst) {
    const auto ways =
        ElementsAre(HasSubstr("--resource URL --authorization-server ISSUER --backend URL"), HasSubstr("--config FILE"),
                    AllOf(HasSubstr("(`mcp-resource help variables`): MCP_AUTH_MODE, MCP_SERVER_NAME, "),
                          HasSubstr("MCP_BACKEND, and those that MCP_AUTH_MODE needs"), Not(HasSubstr("MCP_TLS"))));
    EXPECT_THAT(errors({}, {}), ways);
    EXPECT_THAT(errors({}, {{"MCP_CONFIG", ""}, {"MCP_OTHER", "x"}}), ways);
}

}  // namespace
}  // namespace cli
