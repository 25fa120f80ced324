// mcp-resource: the command line of nginx-mcp-resource.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/help_layout.h"
#include "cli/signals.h"
#include "revision.h"

namespace {

void run(int argc, char** argv) {
    CLI::App app("Make nginx an OAuth 2.1 resource server for MCP endpoints.", "mcp-resource");
    app.require_subcommand(1);
    app.set_version_flag("--version", MCP_RESOURCE_VERSION " (revision " MCP_RESOURCE_REVISION ")",
                         "Print the version and the commit");
    app.footer(
        "Each command has --help. `mcp-resource help variables` lists the MCP_* variables and `mcp-resource help keys` "
        "the keys of the settings file; docs/CONFIGURATION.md explains them.\n\n"
        "Exit status: 0 success, 1 a check failed, 2 usage or configuration error.\n\n"
        "Examples:\n  mcp-resource run --resource https://mcp.example.com/mcp \\\n"
        "      --authorization-server https://auth.example.com --backend http://127.0.0.1:3001\n"
        "  mcp-resource doctor https://mcp.example.com/mcp");
    cli::add_run(app);
    cli::add_check(app);
    cli::add_render(app);
    cli::add_convert(app);
    cli::add_schema(app);
    cli::add_healthcheck(app);
    cli::add_nginx(app);
    cli::add_keys(app);
    cli::add_token(app);
    cli::add_doctor(app);
    cli::add_help(app);
    cli::lay_out_help(app);
    cli::parse(app, argc, argv);
}

// What we open next must not become standard output because somebody has started us without one. To read only: what is
// said there gets lost, and writing it has to fail.
void open_standard_files() noexcept {
    while (true) {
        const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (file < 0) return;
        if (file > STDERR_FILENO) {
            ::close(file);
            return;
        }
        ::fcntl(file, F_SETFD, 0);
    }
}

}  // namespace

int main(int argc, char** argv) {
    cli::prepare_signals(argc > 1 ? argv[1] : "");
    open_standard_files();
    return cli::status_after([&] { run(argc, argv); });
}
