// healthcheck: is the nginx beside us well?
#include "cli/healthcheck.h"

#include <arpa/inet.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/http.h"
#include "cli/own_nginx.h"
#include "cli/settings/environment_reader.h"
#include "cli/state_folder.h"

namespace cli {
namespace {

std::string url_of(bool tls, const std::string& host, unsigned port) {
    return (tls ? "https://" : "http://") + host + ':' + std::to_string(port) + "/healthz";
}

// What stands for all addresses (as nginx takes it, in any spelling) is none that can be asked.
std::string reachable(const std::string& address) {
    in_addr ipv4{};
    if (address == "*" || (::inet_pton(AF_INET, address.c_str(), &ipv4) == 1 && ipv4.s_addr == INADDR_ANY))
        return "127.0.0.1";
    in6_addr ipv6{};
    const bool has_brackets = address.starts_with('[') && address.ends_with(']');
    const std::string inside = has_brackets ? address.substr(1, address.size() - 2) : address;
    return ::inet_pton(AF_INET6, inside.c_str(), &ipv6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&ipv6) ? "[::1]" : address;
}

// Empty: it is well.
std::string trouble_at(const std::string& url) {
    const auto answer = ask({.url = url, .timeout = std::chrono::seconds(3), .beside_us = true});
    if (!answer)
        return url + ": " + answer.error().text + "; check that `run` is running, and that --state names its directory";
    if (answer->status != 200 || answer->body != "ok")
        return url + " answers with status " + std::to_string(answer->status);
    return {};
}

// What the `run` of this user has written; empty: there is none, or it has gone.
std::string url_in(const std::string& state) {
    try {
        const StateFolder folder = StateFolder::at(std::filesystem::absolute(state).lexically_normal());
        return folder.is_in_use() ? folder.read(health_file).value_or("") : "";
    } catch (const Failure&) {
        return {};
    }
}

void check_health(const std::string& state) {
    std::string url = url_in(state);
    if (url.empty()) {
        const OwnNginx own = own_nginx();
        if (own == OwnNginx::ended) fail(Exit::refused, "the nginx that `mcp-resource nginx` is to run does not run");
        if (own == OwnNginx::runs) return;
        Findings findings;
        const LocalEndpoint endpoint = local_endpoint(read_environment(), findings);
        if (!findings.errors.empty()) fail_usage(findings.errors.front());
        url = url_of(endpoint.tls, "127.0.0.1", endpoint.port);
    }
    const std::string trouble = trouble_at(url);
    if (!trouble.empty()) fail(Exit::refused, trouble);
}

}  // namespace

std::string health_url(const Gateway& gateway) {
    const std::string address = gateway.listen_addresses.empty() ? "*" : gateway.listen_addresses.front();
    return url_of(gateway.tls.has_value(), reachable(address), gateway.port);
}

void add_healthcheck(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("healthcheck", "Check that the nginx started by `run` is healthy");
    const auto state = std::make_shared<std::string>();
    command.add_option("--state", *state, "The directory that `run` was given [that of the first process, or /tmp]")
        ->type_name("DIR");
    command.footer(
        "Asks at the address that `run` of the same user has written to --state, or else at MCP_LISTEN_PORT and "
        "MCP_TLS.\nIf the container runs `nginx` with your own configuration, it is healthy as long as nginx runs.\n\n"
        "Exit status: 0 when /healthz answers \"ok\" within 3 s, otherwise 1.\n\n"
        "Example:\n  mcp-resource healthcheck && echo healthy");
    command.callback([state] {
        std::string folder = state->empty() ? state_of_first_run() : *state;
        check_health(folder.empty() ? StateFolder::usual_path : folder);
    });
}

}  // namespace cli
