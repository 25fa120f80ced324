// mcp-resource: the command line of nginx-mcp-resource.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/commands.h"

namespace {

void complain(const char* text) {
    static_cast<void>(std::fprintf(stderr, "mcp-resource: %s\n", text));
}

int run(int argc, char** argv) {
    CLI::App app("Makes nginx an OAuth 2.1 resource server for MCP endpoints.", "mcp-resource");
    app.require_subcommand(1);
    app.set_version_flag("--version", MCP_RESOURCE_VERSION);
    try {
        app.parse(argc, argv);
        return static_cast<int>(cli::Exit::ok);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? static_cast<int>(cli::Exit::ok) : static_cast<int>(cli::Exit::usage);
    } catch (const cli::Failure& failure) {
        if (!failure.text.empty()) complain(failure.text.c_str());
        return static_cast<int>(failure.exit);
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        complain(error.what());
        return static_cast<int>(cli::Exit::usage);
    }
}
