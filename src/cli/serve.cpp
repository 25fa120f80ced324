// run, check, render: from the environment to a running nginx.
#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/healthcheck.h"
#include "cli/names/name_service.h"
#include "cli/names/served_names.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "cli/render/render.h"
#include "cli/settings/needs.h"
#include "cli/settings/sources.h"
#include "cli/signals.h"
#include "cli/state_folder.h"
#include "cli/supervisor.h"
#include "cli/terminal.h"

namespace cli {
namespace {

struct Options {
    std::string modules = Places().modules;
    std::string state = "/tmp";
    std::string nginx = "nginx";
    Sources sources;
};

// nginx sees paths from another folder than we do.
std::string absolute(const std::string& path) {
    std::string normal = std::filesystem::absolute(path).lexically_normal();
    if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
    return normal;
}

// A name alone is looked for in PATH.
std::string absolute_program(const std::string& name) {
    return name.contains('/') ? absolute(name) : name;
}

std::shared_ptr<Options> add_options(CLI::App& command) {
    auto options = std::make_shared<Options>();
    add_source_options(command, options->sources);
    command.add_option("--modules", options->modules, "Directory of nginx's dynamic modules")
        ->type_name("DIR")
        ->capture_default_str()
        ->transform(absolute);
    command
        .add_option("--state", options->state,
                    "Directory for nginx.conf, the pid and temporary files; when others can write to it, a private one "
                    "is made inside")
        ->type_name("DIR")
        ->capture_default_str()
        ->transform(absolute);
    return options;
}

std::shared_ptr<Options> add_nginx_options(CLI::App& command) {
    auto options = add_options(command);
    command.add_option("--nginx", options->nginx, "The nginx to start, by name or path")
        ->type_name("FILE")
        ->capture_default_str()
        ->transform(absolute_program);
    return options;
}

constexpr int not_started = 127;

// Tells every mistake, not only the first.
void judge(const Findings& findings) {
    for (const std::string& warning : findings.warnings)
        complain("warning: " + warning);
    for (const std::string& error : findings.errors)
        complain(error);
    if (!findings.errors.empty()) fail_usage("");
    for (const std::string& derived : findings.derived)
        complain("derived: " + derived);
}

// `served`: names that nginx has from us already; null: it does not run.
Gateway read_gateway(const Options& options, const ServedNames* served) {
    Findings findings;
    Gateway gateway = read_gateway(options.sources, read_environment(), findings);
    if (served != nullptr) std::erase_if(gateway.hosts, [&](const auto& needed) { return served->has(needed.host); });
    const Moment moment = served == nullptr ? Moment::start : Moment::reload;
    if (findings.errors.empty()) find_missing(gateway, findings, moment);
    judge(findings);
    return gateway;
}

// nginx starts in the folder that we hold, and all paths are relative to it: whatever happens to the path that leads to
// that folder, nginx reads what we wrote, also when it reads its configuration again.
Command nginx_command(const Options& options, const std::string& file) {
    return {options.nginx, "-p", "./", "-e", "stderr", "-c", "../" + file, "-g", "daemon off;"};
}

const std::string conf_file = "nginx.conf";
const std::string next_conf_file = "nginx.conf.next";  // until nginx has accepted it

// Where nginx's complaint says "in ../nginx.conf:47"; 0: nowhere.
std::size_t line_of_error(std::string_view output, const std::string& file) {
    const std::string name = '/' + file + ':';
    const std::size_t at = output.find(name);
    std::size_t line = 0;
    if (at != std::string_view::npos) {
        const std::string_view number = output.substr(at + name.size());
        std::from_chars(number.data(), number.data() + number.size(), line);
    }
    return line;
}

// The names of backends that the next nginx.conf leaves to us, one in a line: from the child that has judged it.
const std::string names_file = "backend-names";

std::vector<std::string> names_in(const StateFolder& state) {
    const auto text = state.read(names_file);
    if (!text) fail_usage("cannot read " + names_file + " in the folder of --state");
    std::vector<std::string> names;
    std::istringstream lines(*text);
    for (std::string name; std::getline(lines, name);)
        names.push_back(name);
    return names;
}

void write_names(const StateFolder& state, const std::vector<std::string>& names) {
    std::string lines;
    for (const std::string& name : names)
        lines += name + '\n';
    state.write(names_file, lines);
}

// Lets nginx look at a configuration in the state folder.
void test_configuration(const Options& options, const Descriptor& home, const Rendered& conf, const std::string& file) {
    Command test = nginx_command(options, file);
    test.emplace_back("-t");
    const WaitNotice notice("nginx looks at the configuration, and at the files and names in it");
    const Outcome outcome = run_to_end(test, home.get());
    if (outcome.status == 0) return;
    pass_on(outcome.output);
    if (outcome.status == not_started) fail_usage("");
    const std::string_view origin = conf.origin_of(line_of_error(outcome.output, file));
    fail_usage("nginx does not accept the configuration that " +
               (origin.empty() ? "these settings make" : std::string(origin) + " makes") +
               "; `mcp-resource render` prints it");
}

// Writes the configuration that the settings make, once nginx has accepted it.
void prepare(const Options& options, const StateFolder& state, const Descriptor& home, const NameSocket& socket,
             const ServedNames* served = nullptr) {
    const Gateway gateway = read_gateway(options, served);
    Machine machine = this_machine(run_to_end({options.nginx, "-V"}, home.get()).output);
    machine.name_port = socket.port();
    const Rendered conf = render(gateway, {.modules = options.modules, .pid = "..", .temporary = "."}, machine);
    state.write(next_conf_file, conf.text);
    test_configuration(options, home, conf, next_conf_file);
    state.write(next_health_file, health_url(gateway));
    write_names(state, served_names(gateway, machine));
    state.rename(next_conf_file, conf_file);
}

// Only a file can say something else than it did.
bool can_change(const Options& options) {
    return settings_file(options.sources, read_environment()).has_value();
}

// What goes with nginx through all its configurations.
Companions companions_of(const Options& options, const PendingSignals& signals, const StateFolder& state,
                         const Descriptor& home, const NameSocket& socket, ServedNames& names) {
    Companions companions;
    const auto started_with = std::make_shared<std::vector<std::string>>();
    companions.start_names = [&, started_with] {
        const pid_t child = start_name_service(socket, names.all());
        *started_with = names.all();
        return child;
    };
    companions.take_names = [&, started_with] {
        names.add(names_in(state));
        return names.all() != *started_with;
    };
    companions.on_taken = [&] { state.rename(next_health_file, health_file); };
    companions.on_settled = [&] { names.settle(); };
    if (!can_change(options)) return companions;
    companions.start_reload = [&] {
        return fork_child(SIGKILL, Group::its_own, [&] {
            signals.restore();
            return status_after([&] { prepare(options, state, home, socket, &names); });
        });
    };
    return companions;
}

int run(const Options& options) {
    const PendingSignals signals;
    const StateFolder state = StateFolder::locked(options.state);
    const Descriptor home = state.home();
    const NameSocket socket;
    // In a child: it may wait long for names and for nginx.
    const auto begin = [&] {
        state.remove("nginx.pid");
        prepare(options, state, home, socket);
    };
    const int status = run_until_signal(signals, {SIGTERM, SIGINT, SIGQUIT}, begin);
    if (status != 0) return status;
    ServedNames names;
    const Companions companions = companions_of(options, signals, state, home, socket, names);
    companions.take_names();
    companions.on_taken();
    companions.on_settled();
    return supervise(nginx_command(options, conf_file), home.get(), signals, companions);
}

int check(const Options& options) {
    const PendingSignals signals;
    const TemporaryFolder temporary(options.state);
    const Descriptor home = temporary.folder().home();
    const NameSocket socket;
    return run_until_signal(signals, {SIGTERM, SIGINT, SIGQUIT, SIGHUP}, [&] {
        prepare(options, temporary.folder(), home, socket);
        say("The settings are complete, and nginx accepts what they make.");
    });
}

}  // namespace

void add_run(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("run", "Check the settings and start nginx");
    const auto options = add_nginx_options(command);
    command.footer(
        "The settings are three options (--resource, --authorization-server, --backend), a file (--config), or the "
        "MCP_* variables. `mcp-resource help variables` and `mcp-resource help keys` list what can be set. Nothing is "
        "started when a setting is missing or wrong, or when another `run` uses the same --state.\n\n"
        "SIGTERM and SIGQUIT let current requests finish (8 s). SIGHUP reads the key files, the certificates and the "
        "file of --config again; an invalid file changes nothing. To upgrade the binary, restart it. Log lines that "
        "nobody reads are dropped and counted.\n\n"
        "Exit status: 2 when nothing was started, otherwise nginx's own; 128 plus the signal's number when nginx was "
        "killed, or when a signal came before nginx served requests.\n\n"
        "Examples:\n  mcp-resource run --resource https://mcp.example.com/mcp \\\n"
        "      --authorization-server https://auth.example.com --backend http://127.0.0.1:3001\n"
        "  mcp-resource run --config mcp.yaml");
    command.callback([options] { throw Failure{run(*options), ""}; });
}

void add_check(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("check", "Check the settings and the files they name");
    const auto options = add_nginx_options(command);
    command.footer(
        "Lists every problem. It does not disturb a running `run`: it writes to a folder of its own and removes "
        "it.\n\nExit status: 0 when there is no problem, 2 if there is any.\n\nExample:\n"
        "  docker run --rm --env-file mcp.env nginx-mcp-resource:dev check");
    command.callback([options] { throw Failure{check(*options), ""}; });
}

void add_render(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("render", "Print the nginx.conf that the settings make");
    const auto options = add_nginx_options(command);
    command.footer(
        "Does not read the files that the settings name.\n\nExit status: 0 success, 2 when a setting is "
        "wrong.\n\nExample:\n"
        "  docker run --rm --env-file mcp.env nginx-mcp-resource:dev render > nginx.conf");
    command.callback([options] {
        Findings findings;
        const Gateway gateway = read_gateway(options->sources, read_environment(), findings);
        judge(findings);
        // For this nginx and this machine, as for `run`; but nobody serves names to it.
        const Machine machine = this_machine(run_to_end({options->nginx, "-V"}, AT_FDCWD).output);
        const Places places = {.modules = options->modules, .pid = options->state, .temporary = options->state};
        const Rendered conf = render(gateway, places, machine);
        static_cast<void>(std::fputs(conf.text.c_str(), stdout));
    });
}

}  // namespace cli
