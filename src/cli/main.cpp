// mcp-resource: the command line of nginx-mcp-resource.
#include <CLI/CLI.hpp>
#include <exception>

#include "cli/commands.h"

namespace {

int run(int argc, char** argv) {
    CLI::App app("Makes nginx an OAuth 2.1 resource server for MCP endpoints.", "mcp-resource");
    app.require_subcommand(1);
    app.set_version_flag("--version", MCP_RESOURCE_VERSION);
    app.footer("Exit status: 0 all is well, 1 what was looked at is not good, 2 something is set or called wrongly.");
    cli::add_run(app);
    cli::add_check(app);
    cli::add_render(app);
    cli::add_healthcheck(app);
    cli::add_nginx(app);
    cli::add_keys(app);
    cli::add_token(app);
    cli::add_doctor(app);
    try {
        app.parse(argc, argv);
        return static_cast<int>(cli::Exit::ok);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? static_cast<int>(cli::Exit::ok) : static_cast<int>(cli::Exit::usage);
    } catch (const cli::Failure& failure) {
        if (!failure.text.empty()) cli::complain(failure.text);
        return failure.status;
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        cli::complain(error.what());
        return static_cast<int>(cli::Exit::usage);
    }
}
