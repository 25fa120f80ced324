// convert: the settings file that says what the environment says.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "cli/commands.h"
#include "cli/settings/environment_reader.h"
#include "cli/settings/file/writer.h"

namespace cli {
namespace {

void convert() {
    Findings findings;
    const Gateway gateway = read_gateway(read_environment(), findings);
    for (const std::string& warning : findings.warnings)
        complain("warning: " + warning);
    for (const std::string& error : findings.errors)
        complain(error);
    if (!findings.errors.empty()) fail_usage("");
    static_cast<void>(std::fputs(write_yaml(gateway).c_str(), stdout));
}

}  // namespace

void add_convert(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("convert", "Print the settings file that is equal to the MCP_* variables");
    command.footer(
        "`mcp-resource render` prints the same nginx.conf for both. Does not read the files that the variables "
        "name.\n\nExit status: 0 success, 2 when a setting is wrong.\n\nExample:\n"
        "  docker run --rm --env-file mcp.env nginx-mcp-resource:dev convert > mcp.yaml");
    command.callback(convert);
}

}  // namespace cli
