// run, check, render: from the environment to a running nginx.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/process.h"
#include "cli/render.h"
#include "cli/settings.h"

namespace cli {
namespace {

struct Options {
    Places places;
    std::string nginx = "nginx";
};

// nginx sees paths of its configuration from another folder than we do.
std::string absolute(const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal();
}

std::shared_ptr<Options> add_options(CLI::App& command) {
    auto options = std::make_shared<Options>();
    command.add_option("--modules", options->places.modules, "Folder of nginx's dynamic modules")
        ->capture_default_str()
        ->transform(absolute);
    command.add_option("--state", options->places.state, "Folder for nginx.conf, the pid and temporary files")
        ->capture_default_str()
        ->transform(absolute);
    return options;
}

std::shared_ptr<Options> add_nginx_options(CLI::App& command) {
    auto options = add_options(command);
    command.add_option("--nginx", options->nginx, "nginx, by name or path")->capture_default_str();
    return options;
}

// Tells every mistake, not only the first.
void judge(const Findings& findings) {
    for (const std::string& warning : findings.warnings)
        complain("warning: " + warning);
    for (const std::string& error : findings.errors)
        complain(error);
    if (!findings.errors.empty()) fail_usage("");
}

Settings settings_from_environment() {
    Findings findings;
    Settings settings = read_settings(read_environment(), findings);
    if (findings.errors.empty()) find_missing(settings, findings);
    judge(findings);
    return settings;
}

void write_file(const std::string& name, std::string_view text) {
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    struct stat information{};
    // In a folder like /tmp somebody else may have put a file there, to change it after us.
    if (file >= 0 && (::fstat(file, &information) != 0 || information.st_uid != ::geteuid()))
        fail_usage(name + " belongs to another user; name a folder of your own with --state");
    const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int error = errno;
    if (file >= 0) ::close(file);
    if (!written)
        fail_usage("cannot write " + name + ": " + std::strerror(error) +
                   "; name another folder with --state, or make this one writable (docker run --tmpfs /tmp)");
}

// The command that runs nginx on what the environment says, and that nginx has accepted.
Command prepare(const Options& options) {
    const std::string file = options.places.state + "/nginx.conf";
    write_file(file, render(settings_from_environment(), options.places));
    Command command = {options.nginx, "-p", options.places.state, "-e", "stderr", "-c", file};
    Command test = command;
    test.emplace_back("-t");
    const Outcome outcome = run_to_end(test);
    if (outcome.status == 0) return command;
    static_cast<void>(std::fputs(outcome.output.c_str(), stderr));
    fail_usage("nginx does not accept " + file + ", which these settings make");
}

}  // namespace

void complain(const std::string& text) noexcept {
    static_cast<void>(std::fflush(stdout));  // in the order in which it was said
    static_cast<void>(std::fprintf(stderr, "mcp-resource: %s\n", text.c_str()));
}

void add_run(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("run", "Check the MCP_* variables, and run nginx with what they say");
    const auto options = add_nginx_options(command);
    command.footer(
        "Nothing is started when a variable is missing or wrong. SIGTERM and SIGQUIT let requests under way\n"
        "finish (8 s), SIGHUP reads key files and certificates again.\n\n"
        "Example:\n  MCP_AUTH_MODE=jwt MCP_SERVER_NAME=mcp.example.com ... mcp-resource run");
    command.callback([options] { throw Failure{supervise(prepare(*options)), ""}; });
}

void add_nginx(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("nginx", "Run nginx with a configuration of your own");
    command.prefix_command();
    command.footer(
        "All arguments are nginx's. The modules are in /usr/lib/nginx/modules, the snippets in /etc/nginx/conf.\n\n"
        "Example:\n  docker run -v ./my.conf:/etc/nginx/nginx.conf nginx-mcp-resource:dev nginx -g 'daemon off;'");
    command.callback([&command] {
        Command arguments = command.remaining();
        arguments.insert(arguments.begin(), "nginx");
        execute(arguments);
    });
}

void add_check(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("check", "Check the MCP_* variables and the files they name");
    const auto options = add_nginx_options(command);
    command.footer(
        "Tells everything that is wrong, and ends with 2 then.\n\nExample:\n"
        "  docker run --rm --env-file mcp.env nginx-mcp-resource:dev check");
    command.callback([options] {
        prepare(*options);
        static_cast<void>(std::puts("The settings are complete, and nginx accepts what they make."));
    });
}

void add_render(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("render", "Print the nginx.conf that the MCP_* variables make");
    const auto options = add_options(command);
    command.footer(
        "The files that the variables name are not looked at.\n\nExample:\n"
        "  docker run --rm --env-file mcp.env nginx-mcp-resource:dev render > nginx.conf");
    command.callback([options] {
        Findings findings;
        const Settings settings = read_settings(read_environment(), findings);
        judge(findings);
        static_cast<void>(std::fputs(render(settings, options->places).c_str(), stdout));
    });
}

}  // namespace cli
