// run, check, render: from the environment to a running nginx.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
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
#include "cli/record_file.h"
#include "cli/render/render.h"
#include "cli/settings/needs.h"
#include "cli/settings/sources.h"
#include "cli/signals.h"
#include "cli/state_folder.h"
#include "cli/supervisor.h"
#include "cli/terminal.h"
#include "cli/trial.h"

namespace cli {
namespace {

struct Options {
    std::string modules = Places().modules;
    std::string state = StateFolder::usual_path;
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
Gateway read_gateway(const Options& options, Moment moment, const ServedNames* served, Findings& findings) {
    Gateway gateway = read_gateway(options.sources, read_environment(), findings);
    if (served != nullptr) std::erase_if(gateway.hosts, [&](const auto& needed) { return served->has(needed.host); });
    const bool is_default = options.modules == Places().modules;
    gateway.files.push_back({.origin = is_default ? "--modules is not given, and its default" : "--modules",
                             .path = module_file(options.modules)});
    if (findings.errors.empty()) {
        find_missing(gateway, findings, moment);
        find_record_in_own_file(gateway, options.state, settings_file(options.sources, read_environment()), findings);
    }
    if (moment == Moment::reload) findings.derived.clear();
    judge(findings);
    return gateway;
}

// Who has changed a file wants to know whether it was that one.
void tell_what_was_read(const Options& options, const Gateway& gateway, bool is_same) {
    std::size_t count = 0;
    for (const Server& server : gateway.servers)
        count += server.resources.size();
    const std::string resources = std::to_string(count) + (count == 1 ? " resource" : " resources");
    complain("read " + settings_file(options.sources, read_environment()).value_or("the settings") +
             " again: " + (is_same ? "nothing changed" : resources));
}

// nginx starts in the folder that we hold, and all paths are relative to it: whatever happens to the path that leads to
// that folder, nginx reads what we wrote, also when it reads its configuration again.
Command nginx_command(const Options& options, const std::string& file) {
    return {options.nginx, "-p", "./", "-e", "stderr", "-c", "../" + file, "-g", "daemon off;"};
}

std::vector<std::string> lines_in(const StateFolder& state, const std::string& file) {
    const auto text = state.read(file);
    if (!text) fail_usage("cannot read " + file + " in the folder of --state");
    std::vector<std::string> found;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);)
        found.push_back(line);
    return found;
}

void write_lines(const StateFolder& state, const std::string& file, const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + '\n';
    state.write(file, text);
}

// What nginx has not taken is nobody's.
void forget_next(const StateFolder& state) noexcept try {
    for (const std::string& name : {next_conf_file, next_health_file})
        for (const char* end : {"", StateFolder::unfinished})
            state.remove(name + end);
} catch (...) {
    return;  // in a folder that cannot be written to any more nothing can be done
}

// Whatever ends us.
struct Leftovers {
    explicit Leftovers(const StateFolder& folder) noexcept : state(folder) {}
    Leftovers(const Leftovers&) = delete;
    Leftovers& operator=(const Leftovers&) = delete;
    ~Leftovers() { forget_next(state); }

    const StateFolder& state;
};

// Where nginx is prepared, and what it gets from us.
struct Ground {
    const StateFolder& state;
    const Descriptor& home;
    const NameSocket& socket;
};

// Writes the configuration that the settings make, once nginx has accepted it.
void prepare(const Options& options, Moment moment, const Ground& ground, const ServedNames* served = nullptr) {
    const auto& [state, home, socket] = ground;
    Findings findings;
    Gateway gateway = read_gateway(options, moment, served, findings);
    if (moment == Moment::check) keep_record_in_home(gateway);
    if (moment == Moment::start && ::geteuid() == 0)
        complain(
            "this runs as root, which is not needed: use any other user (`docker run --user 33`, `User=` in a "
            "unit); nginx's workers run as \"nobody\" now");
    Machine machine = this_machine(run_to_end({options.nginx, "-V"}, home.get()).output);
    machine.name_port = socket.port();
    const Rendered conf = render(gateway, {.modules = options.modules, .pid = "..", .temporary = "."}, machine);
    state.write(next_conf_file, conf.text);
    Trial trial{.nginx = nginx_command(options, next_conf_file),
                .folder = home.get(),
                .file = next_conf_file,
                .later = conf_file};
    trial.nginx.emplace_back("-t");
    write_lines(state, told_file, try_configuration(trial, conf, findings.warnings));
    state.write(next_health_file, health_url(gateway));
    write_lines(state, names_file, served_names(gateway, machine));
    if (moment == Moment::reload) tell_what_was_read(options, gateway, conf.text == state.read(conf_file));
    state.rename(next_conf_file, conf_file);
}

// Only a file can say something else than it did.
bool can_change(const Options& options) {
    return settings_file(options.sources, read_environment()).has_value();
}

// What goes with nginx through all its configurations.
Companions companions_of(const Options& options, const PendingSignals& signals, const Ground& ground,
                         ServedNames& names) {
    const StateFolder& state = ground.state;
    Companions companions;
    const auto started_with = std::make_shared<std::vector<std::string>>();
    companions.start_names = [&, started_with] {
        const pid_t child = start_name_service(ground.socket, names.all());
        *started_with = names.all();
        return child;
    };
    companions.take_names = [&, started_with] {
        names.add(lines_in(state, names_file));
        return names.all() != *started_with;
    };
    companions.told = [&] { return lines_in(state, told_file); };
    companions.on_taken = [&] { state.rename(next_health_file, health_file); };
    companions.on_settled = [&] { names.settle(); };
    if (!can_change(options)) return companions;
    companions.start_reload = [&] {
        return fork_child(SIGKILL, Group::its_own, [&] {
            signals.restore();
            const int status = status_after([&] { prepare(options, Moment::reload, ground, &names); });
            if (status != 0) forget_next(state);
            return status;
        });
    };
    return companions;
}

int run(const Options& options) {
    make_files_private();
    const PendingSignals signals;
    const StateFolder state = StateFolder::locked(options.state);
    const Descriptor home = state.home();
    const Leftovers leftovers(state);
    const NameSocket socket;
    const Ground ground = {.state = state, .home = home, .socket = socket};
    // In a child: it may wait long for names and for nginx.
    const auto begin = [&] {
        state.remove(pid_file);
        prepare(options, Moment::start, ground);
    };
    const int status = run_until_signal(signals, {SIGTERM, SIGINT, SIGQUIT}, begin);
    if (status != 0) return status;
    ServedNames names;
    const Companions companions = companions_of(options, signals, ground, names);
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
        prepare(options, Moment::check, {.state = temporary.folder(), .home = home, .socket = socket});
        say("The settings are complete, and nginx accepts the configuration.");
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
    options->sources.overrides_file_variable = true;
    command.footer(
        "Lists every problem. It does not disturb a running `run`: it writes to its own folder and removes "
        "it. --config takes precedence over MCP_CONFIG; `run` refuses both together.\n\nExit status: 0 when there is "
        "no problem, 2 if there is any.\n\nExample:\n"
        "  docker run --rm --env-file mcp.env nginx-mcp-resource:dev check");
    command.callback([options] { throw Failure{check(*options), ""}; });
}

void add_render(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("render", "Print the nginx.conf that the settings make");
    const auto options = add_nginx_options(command);
    options->sources.overrides_file_variable = true;
    command.footer(
        "Does not read the files that the settings name. --config takes precedence over MCP_CONFIG; `run` refuses both "
        "together.\n\nExit status: 0 success, 2 when a setting is "
        "wrong.\n\nExample:\n"
        "  docker run --rm --env-file mcp.env nginx-mcp-resource:dev render > nginx.conf");
    command.callback([options] {
        Findings findings;
        const Gateway gateway = read_gateway(options->sources, read_environment(), findings);
        findings.derived.clear();  // it is what is printed
        judge(findings);
        // For this nginx and this machine, as for `run`; but nobody serves names to it.
        const Machine machine = this_machine(run_to_end({options->nginx, "-V"}, AT_FDCWD).output);
        const Places places = {.modules = options->modules, .pid = options->state, .temporary = options->state};
        const Rendered conf = render(gateway, places, machine);
        static_cast<void>(std::fputs(conf.text.c_str(), stdout));
    });
}

}  // namespace cli
