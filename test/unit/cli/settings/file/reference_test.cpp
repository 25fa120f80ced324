#include "cli/settings/file/reference.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <ranges>
#include <set>
#include <string>

#include "cli/settings/environment.h"
#include "cli/settings/file/keys.h"
#include "cli/settings/sources.h"

namespace cli::file {
namespace {

using testing::HasSubstr;

TEST(ReferenceTest, EveryVariableAndEveryKeyHasItsRow) {
    const std::string text = reference();
    for (const Variable& variable : known_variables()) {
        EXPECT_THAT(text, HasSubstr("\n| `" + std::string(variable.name) + "` | "));
        EXPECT_TRUE(variable.what.ends_with('.')) << variable.name;
        EXPECT_FALSE(variable.group.empty()) << variable.name;
    }
    for (const Object* object : objects())
        for (const Key& key : object->keys)
            EXPECT_THAT(text, HasSubstr("\n| `" + std::string(key.name) + "` | "));
}

// A variable of a group that stands in two places would have its heading twice.
TEST(ReferenceTest, AHeadingStandsOnce) {
    std::set<std::string_view> seen;
    std::string_view last;
    for (const Variable& variable : known_variables()) {
        EXPECT_EQ(variable.group != last, seen.insert(variable.group).second) << variable.name;
        last = variable.group;
    }
}

TEST(NamesTest, TheKeyOfAVariableIsAKey) {
    std::set<std::string> paths;
    for (const Object* object : objects())
        for (const Key& key : object->keys)
            paths.insert(path_of(*object, key));
    for (const Variable& variable : known_variables())
        for (const auto word : variable.key | std::views::split(' '))
            EXPECT_TRUE(paths.contains(std::string(word.begin(), word.end()))) << variable.name;
}

TEST(NamesTest, TheOptionsAreThoseOfTheCommand) {
    CLI::App app;
    Sources sources;
    add_source_options(app, sources);
    std::set<std::string> taken;
    for (const CLI::Option* option : app.get_options())
        if (option->get_name() != "--help") taken.insert(option->get_name());
    std::set<std::string> told;
    for (const Variable& variable : known_variables())
        if (!variable.option.empty()) told.emplace(variable.option);
    EXPECT_EQ(told, taken);
}

TEST(NamesTest, ALineSaysWhatIsTheSame) {
    EXPECT_THAT(names(),
                HasSubstr("\n| [`mcp_resource`](directives/mcp_resource.md#mcp_resource) | `MCP_CANONICAL_URI` | "
                          "`resources[].url` | `--resource` |\n"));
    EXPECT_THAT(names(), HasSubstr("\n| `listen` | `MCP_LISTEN_PORT` | `listen.port` | `--port` |\n"));
    EXPECT_THAT(names(), HasSubstr("\n| none | `MCP_CONFIG` | none | `--config` |\n"));
}

}  // namespace
}  // namespace cli::file
