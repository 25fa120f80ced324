// healthcheck: is the nginx beside us well?
#include <CLI/CLI.hpp>
#include <string>

#include "cli/commands.h"
#include "cli/http.h"
#include "cli/settings/environment_reader.h"

namespace cli {
namespace {

// Empty: it is well.
std::string trouble_at(const std::string& url) {
    const auto answer = ask({.url = url, .timeout = std::chrono::seconds(3), .beside_us = true});
    if (!answer) return url + ": " + answer.error().text;
    if (answer->status != 200 || answer->body != "ok")
        return url + " answers with status " + std::to_string(answer->status);
    return {};
}

void check_health() {
    Findings findings;
    const LocalEndpoint endpoint = local_endpoint(read_environment(), findings);
    if (!findings.errors.empty()) fail_usage(findings.errors.front());
    const std::string scheme = endpoint.tls ? "https" : "http";
    const std::string trouble = trouble_at(scheme + "://127.0.0.1:" + std::to_string(endpoint.port) + "/healthz");
    if (!trouble.empty()) fail(Exit::refused, trouble);
}

}  // namespace

void add_healthcheck(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("healthcheck", "Ask the nginx that `run` started whether it is well");
    command.footer(
        "Looks at MCP_LISTEN_PORT and MCP_TLS. Ends with 0 when /healthz answers \"ok\" within 3 s, else\n"
        "with 1.\n\nExample:\n  mcp-resource healthcheck && echo well");
    command.callback(check_health);
}

}  // namespace cli
