// schema: what editors complete and check settings files with.
#include "cli/settings/file/schema.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/settings/file/reference.h"

namespace cli {

void add_schema(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("schema", "Print the JSON Schema of the settings file, for editors");
    const auto as_page = std::make_shared<bool>(false);
    command.add_flag("--reference", *as_page, "Print the reference of all variables and keys in Markdown instead");
    const auto as_names = std::make_shared<bool>(false);
    command.add_flag("--names", *as_names)->group("");  // hidden: it makes docs/NAMES.md
    command.footer(
        "An editor with a YAML language server completes and checks a file that begins with\n"
        "  # yaml-language-server: $schema=mcp-resource.schema.json\n\nExit status: 0.\n\nExample:\n"
        "  mcp-resource schema > mcp-resource.schema.json");
    command.callback([as_page, as_names] {
        const std::string text = *as_names ? file::names() : *as_page ? file::reference() : file::json_schema();
        static_cast<void>(std::fputs(text.c_str(), stdout));
    });
}

}  // namespace cli
