#include "cli/settings/sources.h"

#include <CLI/CLI.hpp>
#include <string_view>

#include "cli/settings/environment_reader.h"
#include "cli/settings/file/reader.h"
#include "cli/settings/reports.h"

namespace cli {
namespace {

constexpr std::string_view file_variable = "MCP_CONFIG";

// Which of them counts, nobody could tell from the outside.
void refuse_settings_beside(std::string_view source, const Environment& environment, std::string_view but,
                            Findings& findings) {
    for (const std::string& name : settings_in(environment))
        if (name != but)
            findings.errors.push_back(name + " is set together with " + std::string(source) +
                                      ": all settings come from one place; leave one of the two out");
}

// To whoever has said nothing: the shortest way first.
void tell_ways(Findings& findings) {
    std::string needed;
    for (const Variable& variable : known_variables())
        if (variable.required == "yes") needed += (needed.empty() ? "" : ", ") + std::string(variable.name);
    findings.errors.insert(
        findings.errors.end(),
        {"no settings given; three values are enough: --resource URL --authorization-server ISSUER --backend URL",
         "or a settings file: --config FILE, or MCP_CONFIG=FILE (`mcp-resource help keys`)",
         "or the variables (`mcp-resource help variables`): " + needed + ", and those that MCP_AUTH_MODE needs"});
}

Gateway read_values(const Sources& sources, const Environment& environment, Findings& findings) {
    static constexpr std::string_view beside = "--resource, --authorization-server and --backend";
    refuse_settings_beside(beside, environment, "", findings);
    find_unknown(environment, findings);
    if (sources.file)
        findings.errors.push_back("--config is given together with " + std::string(beside) +
                                  ": all settings come from one place; leave one of the two out");
    return read_gateway(sources.values, findings);
}

Gateway read_from_file(const Sources& sources, const Environment& environment, Findings& findings) {
    const bool is_file_variable_meant = !sources.file || sources.overrides_file_variable;
    refuse_settings_beside(sources.file ? "--config" : file_variable, environment,
                           is_file_variable_meant ? file_variable : "", findings);
    find_unknown(environment, findings);
    return read_file(*settings_file(sources, environment), findings);
}

Gateway read_source(const Sources& sources, const Environment& environment, Findings& findings) {
    if (sources.values.are_given()) return read_values(sources, environment, findings);
    if (settings_file(sources, environment)) return read_from_file(sources, environment, findings);
    if (!settings_in(environment).empty()) return read_gateway(environment, findings);
    find_unknown(environment, findings);
    tell_ways(findings);
    return {};
}

}  // namespace

void add_source_options(CLI::App& command, Sources& sources) {
    const auto add = [&](const char* name, auto& value, const char* type, const char* description) {
        command.add_option(name, value, description)->type_name(type)->group("Settings");
    };
    add("--resource", sources.values.resource, "URL", "The MCP server's URL as clients write it");
    add("--authorization-server", sources.values.authorization_server, "URL", "The issuer of access tokens");
    add("--backend", sources.values.backend, "URL", "The MCP server: http://, https:// or unix:/path");
    add("--scope", sources.values.scopes, "SCOPES", "Scopes that every request needs, separated by spaces");
    add("--port", sources.values.port, "PORT", "Port to listen on (default: that of an http:// resource, else 80)");
    add("--status-port", sources.values.status_port, "PORT",
        "Port of the status page and the metrics, on 127.0.0.1 (in the image: all addresses)");
    add("--audit-log", sources.values.audit_log, "LOG", "Log of records: stdout, a file, or syslog:server=HOST");
    add("--config", sources.file, "FILE", "Settings file (YAML), instead of all other settings (or MCP_CONFIG)");
}

std::optional<std::string> settings_file(const Sources& sources, const Environment& environment) {
    if (sources.file) return sources.file;
    const auto found = environment.find(file_variable);
    if (found == environment.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

Gateway read_gateway(const Sources& sources, const Environment& environment, Findings& findings) {
    Gateway gateway = read_source(sources, environment, findings);
    settle_status(gateway, findings);
    return gateway;
}

}  // namespace cli
