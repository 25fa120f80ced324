// help: what can be set, in one list. Options stand in --help of each command, where these lists would bury them.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/settings/environment.h"
#include "cli/settings/file/keys.h"

namespace cli {
namespace {

// On one line, without the marks of Markdown.
std::string about(const Variable& variable) {
    std::string text;
    if (variable.required == "yes")
        text = "Required. ";
    else if (!variable.required.empty())
        text = "Required: " + std::string(variable.required) + ". ";
    text += variable.what;
    if (!variable.otherwise.empty()) text += " Default: " + std::string(variable.otherwise) + '.';
    std::erase(text, '`');
    return text;
}

std::string variables() {
    std::size_t width = 0;
    for (const Variable& variable : known_variables())
        width = std::max(width, variable.name.size());
    std::string text;
    for (const Variable& variable : known_variables())
        text +=
            std::string(variable.name) + std::string(width - variable.name.size() + 2, ' ') + about(variable) + '\n';
    return text;
}

}  // namespace

void add_help(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("help", "List what can be set: variables, or keys of the file");
    const auto topic = std::make_shared<std::string>();
    command.add_option("topic", *topic, "variables: MCP_* of the environment; keys: of the YAML file")
        ->check(CLI::IsMember({"variables", "keys"}))
        ->required();
    command.footer(
        "docs/INSTALL.md and docs/CONFIGURATION.md say more. Ends with 0.\n\nExample:\n"
        "  mcp-resource help variables");
    command.callback([topic] {
        const std::string text = *topic == "keys" ? file::help() : variables();
        static_cast<void>(std::fputs(text.c_str(), stdout));
    });
}

}  // namespace cli
