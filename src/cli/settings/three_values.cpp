#include "cli/settings/three_values.h"

#include <string_view>
#include <utility>

#include "base/http_url.h"
#include "base/text.h"
#include "cli/settings/syntax.h"
#include "cli/terminal.h"
#include "oauth/scope.h"

namespace cli {
namespace {

constexpr std::size_t max_value_bytes = 2048;  // nginx reads parameters of up to 4096 bytes, quoting included
constexpr std::uint16_t usual_port = 80;

class Reader {
public:
    Reader(const ThreeValues& values, Findings& findings) : values_(values), findings_(findings) {}

    Gateway read() {
        Resource resource = read_resource();
        Gateway gateway;
        gateway.port = read_port(resource);
        gateway.hosts = hosts(resource.backend);
        const std::string name = resource.uri ? host_of(*resource.uri) : "";
        gateway.servers.push_back({.names = {name}, .resources = {std::move(resource)}});
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

    // Nothing, after a message, when the value is none that anybody could look at.
    std::string_view required(std::string_view option, const std::optional<std::string>& value) {
        const std::string_view text = value ? *value : std::string_view();
        if (text.empty()) {
            error(option, "is required but not given");
        } else if (text.size() > max_value_bytes) {
            error(option, "has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(max_value_bytes) +
                              " are possible");
        } else if (base::has_control_characters(text)) {
            error(option, "has a line break or another control character; remove it");
        } else if (!base::is_utf8(text)) {
            error(option, "is not UTF-8");
        } else {
            return text;
        }
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

    static std::string host_of(const mcp::ResourceUri& uri) {
        const auto url = base::HttpUrl::parse(uri.text());
        return url ? std::string(url->host) : std::string();
    }

    Resource read_resource() {
        Resource resource;
        resource.uri = uri("--resource", values_.resource);
        if (resource.uri) resource.path = read_path(*resource.uri);
        if (const auto server = uri("--authorization-server", values_.authorization_server))
            resource.authorization_servers = {*values_.authorization_server};
        resource.discovery = true;
        resource.required_scopes = read_scopes();
        resource.backend = read_backend();
        return resource;
    }

    std::string read_path(const mcp::ResourceUri& uri) {
        const std::string_view path = uri.path().empty() ? "/" : uri.path();
        if (!uri.query().empty())
            error("--resource", "has a query: a location cannot tell it from others");
        else if (!is_resource_path(path))
            error("--resource", "must have a path like \"/mcp\" of letters, digits and \"-._~\", not " + shown(path));
        else if (path.size() > 1 && path.ends_with('/'))
            error("--resource", "must not end with a slash: what lies below is protected anyway");
        else if (path == "/healthz")
            error("--resource", "cannot be at /healthz, which tells whether nginx is well");
        return std::string(path);
    }

    std::vector<std::string> read_scopes() {
        std::vector<std::string> scopes;
        for (const std::string& given : values_.scopes)
            for (const std::string_view scope : split(given, ' ')) {
                if (!oauth::is_scope_token(scope) || scope.contains(','))
                    error("--scope", shown(scope) + " is no scope; several are separated by spaces");
                scopes.emplace_back(scope);
            }
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

    std::uint16_t read_port(const Resource&) {
        if (!values_.port) return usual_port;
        const auto port = parse_port(*values_.port);
        if (!port) error("--port", "must be a port from 1 to 65535, not " + shown(*values_.port));
        return port.value_or(0);
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
    return resource || authorization_server || backend || !scopes.empty() || port;
}

Gateway read_gateway(const ThreeValues& values, Findings& findings) {
    return Reader(values, findings).read();
}

}  // namespace cli
