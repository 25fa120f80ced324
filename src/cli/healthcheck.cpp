// healthcheck: is the nginx beside us well?
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/http.h"
#include "cli/settings/environment_reader.h"
#include "cli/state_folder.h"

namespace cli {
namespace {

// Empty: it is well.
std::string trouble_at(const std::string& url) {
    const auto answer = ask({.url = url, .timeout = std::chrono::seconds(3), .beside_us = true});
    if (!answer) return url + ": " + answer.error();
    if (answer->status != 200 || answer->body != "ok")
        return url + " answers with status " + std::to_string(answer->status);
    return {};
}

// As `run` has written it, whatever its settings came from; else as the variables say it.
std::string origin(const std::string& state) {
    const auto folder = StateFolder::in_use(state);
    if (std::string written = folder ? folder->read(StateFolder::origin_file) : ""; !written.empty()) return written;
    Findings findings;
    std::string said = local_origin(read_environment(), findings);
    if (!findings.errors.empty()) fail_usage(findings.errors.front());
    return said;
}

void check_health(const std::string& state) {
    const std::string trouble = trouble_at(origin(state) + "/healthz");
    if (!trouble.empty()) fail(Exit::refused, trouble);
}

}  // namespace

void add_healthcheck(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("healthcheck", "Ask the nginx that `run` started whether it is well");
    const auto state = std::make_shared<std::string>("/tmp");
    command.add_option("--state", *state, "The folder of `run`")->capture_default_str();
    command.footer(
        "Asks where `run` has written that nginx listens, or else looks at MCP_LISTEN_PORT and MCP_TLS. Ends with 0 "
        "when /healthz answers \"ok\" within 3 s, else\n"
        "with 1.\n\nExample:\n  mcp-resource healthcheck && echo well");
    command.callback([state] { check_health(*state); });
}

}  // namespace cli
