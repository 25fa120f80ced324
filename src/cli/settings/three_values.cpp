#include "cli/settings/three_values.h"

#include <filesystem>
#include <string_view>
#include <utility>

#include "base/http_url.h"
#include "cli/settings/derived.h"
#include "cli/settings/reports.h"
#include "cli/settings/syntax.h"
#include "cli/terminal.h"
#include "mcp/free_text.h"

namespace cli {
namespace {

constexpr std::uint16_t usual_port = 80;

class Reader {
public:
    Reader(const ThreeValues& values, Findings& findings) : values_(values), findings_(findings) {}

    Gateway read() {
        const Resource resource = read_resource();
        Gateway gateway;
        gateway.port = read_port(resource);
        gateway.port_setting = "--port ";
        gateway.hosts = hosts(resource.backend);
        const std::string name = resource.uri ? read_server_name(*resource.uri) : "";
        check(gateway, resource);
        gateway.servers.push_back({.names = {name}, .resources = {resource}});
        read_reports(gateway);
        tell_derived(gateway, resource);
        return gateway;
    }

private:
    void error(std::string_view option, const std::string& what) {
        findings_.errors.push_back(std::string(option) + ' ' + what);
    }
    void warn_about_plain_http(std::string_view option, const mcp::ResourceUri& uri) {
        if (!uri.is_secure() && !uri.is_loopback())
            findings_.warnings.push_back(std::string(option) + ' ' + shown(uri.text()) +
                                         " is plain http: tokens can be read and changed on their way");
    }

    std::string_view required(std::string_view option, const std::optional<std::string>& value) {
        const std::string_view text = value ? *value : std::string_view();
        if (text.empty()) error(option, "is required but not given");
        return usable(option, text);
    }

    // Nothing, after a message, when the value is none that anybody could look at.
    std::string_view usable(std::string_view option, std::string_view text) {
        const std::string problem = unusable_problem(text);
        if (problem.empty()) return text;
        error(option, problem);
        return {};
    }

    std::optional<mcp::ResourceUri> uri(std::string_view option, const std::optional<std::string>& value) {
        const std::string_view text = required(option, value);
        if (text.empty()) return std::nullopt;
        auto uri = mcp::ResourceUri::parse(text);
        if (!uri) {
            error(option, shown(text) + ' ' + uri.error());
            return std::nullopt;
        }
        warn_about_plain_http(option, *uri);
        return *std::move(uri);
    }

    std::string read_server_name(const mcp::ResourceUri& uri) {
        auto name = server_name_of(uri);
        if (name) return *std::move(name);
        error("--resource", shown(uri.text()) + ' ' + name.error());
        return {};
    }

    std::vector<std::string> read_authorization_server() {
        const auto& said = values_.authorization_server;
        if (!uri("--authorization-server", said)) return {};
        if (const auto problem = mcp::list_of_urls_problem(*said))
            error("--authorization-server", shown(*said) + ' ' + problem.what + "; the file of --config takes several");
        return {*said};
    }

    Resource read_resource() {
        Resource resource;
        resource.uri = uri("--resource", values_.resource);
        if (resource.uri) resource.path = read_path(*resource.uri);
        resource.authorization_servers = read_authorization_server();
        resource.discovery = true;
        resource.required_scopes = read_scopes();
        resource.backend = read_backend();
        return resource;
    }

    std::string read_path(const mcp::ResourceUri& uri) {
        const std::string_view path = normalized_location(uri.path().empty() ? "/" : uri.path());
        if (!uri.query().empty())
            error("--resource", "has a query: a location cannot tell it from others");
        else if (!is_resource_path(path))
            error("--resource", "must have a path like \"/mcp\" of letters, digits and \"-._~\", not " + shown(path));
        else if (is_path_of_probe(path))
            error("--resource", "cannot be at " + std::string(path) + ", which is nginx's health check");
        return std::string(path);
    }

    std::vector<std::string> read_scopes() {
        std::vector<std::string> scopes;
        for (const std::string& given : values_.scopes) {
            if (given.find_first_not_of(' ') == std::string::npos)
                error("--scope", "is empty: leave it out if requests need no scope");
            for (const std::string_view scope : split(usable("--scope", given), ' ')) {
                const std::string_view hint = scope.contains(',') ? ": scopes are separated by spaces" : "";
                if (const auto problem = mcp::scope_problem(scope))
                    error("--scope", shown(scope) + ' ' + problem.what + std::string(hint));
                scopes.emplace_back(scope);
            }
        }
        if (const std::string problem = too_many_scopes_problem(scopes); !problem.empty()) error("--scope", problem);
        return scopes;
    }

    Backend read_backend() {
        const std::string_view text = required("--backend", values_.backend);
        if (text.empty()) return {};
        auto backend = parse_backend_url(text);
        if (backend) return *std::move(backend);
        error("--backend", shown(text) + ' ' + backend.error());
        return {};
    }

    std::uint16_t read_port(std::string_view option, const std::string& value) {
        const std::string_view text = usable(option, value);
        const auto port = parse_port(text);
        if (!port && text.size() == value.size()) error(option, "must be a port from 1 to 65535, not " + shown(value));
        return port.value_or(0);
    }

    // nginx runs in another folder than we do.
    std::string read_log(Gateway& gateway) {
        std::string log(usable("--audit-log", *values_.audit_log));
        if (log.empty() && !values_.audit_log->empty()) return log;
        if (const std::string problem = audit_log_problem(log); !problem.empty()) {
            error("--audit-log", shown(log) + ' ' + problem);
            return {};
        }
        if (const std::string server = syslog_name(log); !server.empty())
            gateway.hosts.push_back({.origin = "--audit-log", .host = server, .remedy = {}});
        if (!is_log_file(log)) return log;
        log = std::filesystem::absolute(log).lexically_normal();
        gateway.written_file = NeededFile{.origin = "--audit-log", .path = log};
        return log;
    }

    void read_reports(Gateway& gateway) {
        static constexpr ReportNames names = {.log = "--audit-log",
                                              .identity = {},
                                              .key_file = {},
                                              .required = {},
                                              .status_port = "--status-port",
                                              .listen_port = "--port",
                                              .backend = "--backend"};
        if (values_.audit_log) gateway.audit.emplace().log = read_log(gateway);
        if (values_.status_port)
            gateway.status = StatusListener{.port = read_port("--status-port", *values_.status_port),
                                            .addresses = {},
                                            .port_setting = "--status-port ",
                                            .address_setting = {}};
        check_reports(gateway, names, [&](std::string_view name, const std::string& what) { error(name, what); });
    }

    // A plain URL says where nginx is; in front of a https:// one stands somebody who ends TLS.
    std::uint16_t read_port(const Resource& resource) {
        if (values_.port) return read_port("--port", *values_.port);
        if (!resource.uri || resource.uri->is_secure()) return usual_port;
        const auto url = base::HttpUrl::parse(resource.uri->text());
        return url ? url->port : usual_port;
    }

    void check(const Gateway& gateway, const Resource& resource) {
        if (is_this_gateway(resource.backend, gateway.port))
            error("--backend", "names port " + std::to_string(gateway.port) +
                                   ", where nginx itself listens: requests would go in circles; --port names another");
    }

    void tell(std::string line) { findings_.derived.push_back(std::move(line)); }

    void tell_derived(const Gateway& gateway, const Resource& resource) {
        if (!findings_.errors.empty()) return;
        tell("metadata " + std::string(resource.uri->origin()) + resource.uri->well_known_path());
        tell("audience of tokens " + resource.uri->text());
        tell("issuer of tokens " + resource.authorization_servers.front() + ", whose keys are found by discovery");
        if (resource.required_scopes.empty()) tell("scopes: none is required (--scope)");
        tell("location " + resource.path + " of " + gateway.servers.front().names.front() + ", passed on to " +
             destination(resource));
        if (!values_.port)
            tell("listens on port " + std::to_string(gateway.port) + ", plain HTTP" +
                 (resource.uri->is_secure() ? ": TLS ends in front of it" : "") + " (--port)");
    }

    static std::vector<NeededHost> hosts(const Backend& backend) {
        if (backend.host.empty() || backend.transport == Backend::Transport::unix_socket) return {};
        return {{.origin = "--backend", .host = backend.host, .remedy = {}}};
    }

    const ThreeValues& values_;
    Findings& findings_;
};

}  // namespace

bool ThreeValues::are_given() const noexcept {
    return resource || authorization_server || backend || !scopes.empty() || port || status_port || audit_log;
}

Gateway read_gateway(const ThreeValues& values, Findings& findings) {
    return Reader(values, findings).read();
}

}  // namespace cli
