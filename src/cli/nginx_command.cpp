// nginx with a configuration of one's own, supervised as `run` does it.
#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/descriptor.h"
#include "cli/nginx_arguments.h"
#include "cli/process.h"
#include "cli/signals.h"
#include "cli/supervisor.h"
#include "cli/terminal.h"

namespace cli {
namespace {

constexpr int says_nothing = 0;
constexpr int says_off = 100;

// What the configuration says about `daemon`, as a status to end with. nginx reads it for us: it may be in any file
// that is included.
void judge_daemon(const Command& command, const Descriptor& folder) {
    Command dump = command;
    dump.emplace_back("-T");
    const Outcome outcome = run_to_end(dump, folder.get());
    if (outcome.status != 0) {
        pass_on(outcome.output);
        throw Failure{outcome.status, ""};
    }
    // What nginx says of it on standard error stands before.
    const std::size_t begin = outcome.output.find("# configuration file ");
    const Daemon in_files = daemon_of(std::string_view(outcome.output).substr(std::min(begin, outcome.output.size())));
    const Daemon daemon = in_files == Daemon::unsaid ? daemon_of(command) : in_files;
    if (daemon == Daemon::on)
        fail_usage("the configuration says `daemon on`, so this command could not wait for nginx; remove it");
    if (daemon == Daemon::off) throw Failure{says_off, ""};
}

// As a child of ours: nginx takes SIGTERM, which is what containers are stopped with, for "cut everything".
int supervise_nginx(const Command& arguments) {
    const PendingSignals signals;
    const Descriptor folder(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    Command command = arguments;
    command.insert(command.begin(), "nginx");
    const int status = run_until_signal(signals, {SIGTERM, SIGINT, SIGQUIT}, [&] { judge_daemon(command, folder); });
    if (status == says_nothing) stay_in_foreground(command);
    return status == says_nothing || status == says_off ? supervise(command, folder.get(), signals) : status;
}

}  // namespace

void add_nginx(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("nginx", "Run nginx with your own configuration");
    command.prefix_command();
    command.footer(
        "All arguments are passed to nginx, which stays in the foreground without `daemon off`. SIGTERM, SIGINT and "
        "SIGQUIT let current requests finish (8 s); SIGHUP and SIGUSR1 are passed on. To upgrade the binary, restart "
        "it. The modules are in /usr/lib/nginx/modules, the snippets in /etc/nginx/conf.\n\n"
        "Exit status: nginx's own.\n\n"
        "Example:\n  docker run -v ./my.conf:/etc/nginx/nginx.conf nginx-mcp-resource:dev nginx");
    command.callback([&command] {
        Command arguments = command.remaining();
        if (!ends_by_itself(arguments)) throw Failure{supervise_nginx(arguments), ""};
        arguments.insert(arguments.begin(), "nginx");
        execute(arguments);
    });
}

}  // namespace cli
