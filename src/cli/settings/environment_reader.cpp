#include "cli/settings/environment_reader.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "cli/settings/derived.h"
#include "cli/settings/environment_limits.h"
#include "cli/settings/environment_reports.h"
#include "cli/settings/syntax.h"
#include "cli/settings/values.h"
#include "cli/terminal.h"

namespace cli {
namespace {

enum class Mode : std::uint8_t {
    jwt,
    introspect,
    automatic
};

std::optional<Mode> read_mode(const Values& values) {
    const std::string_view mode = values.required("MCP_AUTH_MODE");
    if (mode == "jwt") return Mode::jwt;
    if (mode == "introspect") return Mode::introspect;
    if (mode == "auto") return Mode::automatic;
    if (!mode.empty()) values.error("MCP_AUTH_MODE", R"(must be "jwt", "introspect" or "auto", not )" + shown(mode));
    return std::nullopt;
}

// One name or several.
std::vector<std::string> read_server_names(const Values& values) {
    const std::string_view text = values.required("MCP_SERVER_NAME");
    std::vector<std::string> names;
    for (const std::string_view name : split(text, ' ')) {
        const std::string_view hint = name.contains(',') ? "; several are separated by spaces" : "";
        if (!is_server_name(name))
            values.error("MCP_SERVER_NAME",
                         "must be a host name like \"mcp.example.com\", not " + shown(name) + std::string(hint));
        names.push_back(normalized_server_name(name));
    }
    if (!text.empty() && names.empty()) values.error("MCP_SERVER_NAME", "is required but names nothing");
    return names;
}

Backend read_socket(const Values& values, std::string_view text) {
    auto backend = parse_backend_url(text);
    if (backend) return *std::move(backend);
    values.error("MCP_BACKEND", shown(text) + ' ' + backend.error());
    return {};
}

// "host:port", "http://host:port", "https://host:port" or "unix:/path".
Backend read_backend(const Values& values) {
    std::string_view text = values.required("MCP_BACKEND");
    Backend backend;
    if (text.empty()) return backend;
    if (text.starts_with("unix:")) return read_socket(values, text);
    const std::string value = shown(text);
    static constexpr std::string_view https = "https://";
    static constexpr std::string_view http = "http://";
    if (text.starts_with(https)) {
        backend.transport = Backend::Transport::https;
        text.remove_prefix(https.size());
    } else if (text.starts_with(http)) {
        text.remove_prefix(http.size());
    }
    const std::size_t colon = text.rfind(':');
    const auto port = parse_port(colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1));
    backend.host = text.substr(0, colon);
    backend.port = port.value_or(0);
    if (!is_host(backend.host) || !port)
        values.error("MCP_BACKEND", R"(must be "host:port" or "https://host:port", not )" + value);
    return backend;
}

std::string read_resource_path(const Values& values) {
    std::string_view path = values.or_default("MCP_RESOURCE_PATH", "/mcp");
    if (!is_resource_path(path))
        values.error("MCP_RESOURCE_PATH",
                     "must be a path like \"/mcp\" of letters, digits and \"-._~\", not " + shown(path));
    path = normalized_location(path);
    if (is_path_of_probe(path))
        values.error("MCP_RESOURCE_PATH", "cannot be " + std::string(path) + ", which is nginx's health check");
    return std::string(path);
}

std::string read_worker_processes(const Values& values) {
    const std::string_view text = values.or_default("MCP_WORKER_PROCESSES", "auto");
    if (!is_worker_count(text))
        values.error("MCP_WORKER_PROCESSES", "must be \"auto\" or a number from 1 to 1024, not " + shown(text));
    return std::string(text);
}

std::vector<std::string> read_resolvers(const Values& values) {
    const std::string_view value = values.or_default("MCP_RESOLVER", "");
    std::vector<std::string> resolvers;
    for (const std::string_view text : split(value, ' ')) {
        if (!is_resolver_option(text) && !is_resolver(text))
            values.error("MCP_RESOLVER",
                         "must be addresses like \"10.0.0.2\" or \"[fd00::2]:53\", and may have \"valid=30s\" or "
                         "\"ipv6=off\" after them, not " +
                             shown(text));
        resolvers.emplace_back(text);
    }
    if (value.empty()) return resolvers;
    if (const std::string problem = resolvers_problem(resolvers); !problem.empty())
        values.error("MCP_RESOLVER", problem);
    return resolvers;
}

// nginx looks them up when it starts.
void need_resolvers(Gateway& gateway) {
    for (const std::string& resolver : gateway.resolvers)
        if (const std::string name = name_in_resolver(resolver); !name.empty())
            gateway.hosts.push_back({.origin = "MCP_RESOLVER", .host = name, .remedy = {}});
}

void read_tls(const Values& values, Gateway& gateway) {
    if (!values.flag("MCP_TLS")) {
        values.unused("MCP_SSL_CERT_FILE", "while MCP_TLS is off");
        values.unused("MCP_SSL_CERT_KEY_FILE", "while MCP_TLS is off");
        return;
    }
    gateway.tls = TlsFiles{.certificate_file = values.required_file("MCP_SSL_CERT_FILE", gateway.files),
                           .key_file = values.required_file("MCP_SSL_CERT_KEY_FILE", gateway.files)};
}

std::string read_url(const Values& values, std::string_view name) {
    const auto uri = values.uri(name);
    return uri ? std::string(*values.optional(name)) : std::string();
}

void read_keys(const Values& values, Gateway& gateway, Resource& resource) {
    resource.discovery = values.flag("MCP_DISCOVERY");
    const bool has_file = values.optional("MCP_JWT_KEY_FILE").has_value();
    const bool has_url = values.optional("MCP_JWKS_URI").has_value();
    if (int{resource.discovery} + int{has_file} + int{has_url} > 1)
        values.error("MCP_JWT_KEY_FILE",
                     "is one of three ways to get keys, with MCP_JWKS_URI and MCP_DISCOVERY=on: set one of them");
    if (resource.discovery) return;
    const std::string source =
        has_url ? read_url(values, "MCP_JWKS_URI") : values.required_file("MCP_JWT_KEY_FILE", gateway.files);
    resource.key_sets.push_back({.file_or_url = source, .issuer = {}});
}

Introspection read_introspection(const Values& values, Gateway& gateway) {
    Introspection introspection;
    introspection.url = read_url(values, "MCP_INTROSPECT_ENDPOINT");
    introspection.client_id = values.required("MCP_CLIENT_ID");
    values.refuse("MCP_CLIENT_ID", introspection.client_id, mcp::client_id_problem(introspection.client_id));
    introspection.max_ttl = values.time("MCP_INTROSPECT_CACHE_MAX_TTL", "60s");
    if (!values.optional("MCP_CLIENT_SECRET"))
        introspection.client_secret_file = values.required_file("MCP_CLIENT_SECRET_FILE", gateway.files, true);
    return introspection;
}

void read_issuers(const Values& values, Resource& resource) {
    resource.authorization_servers = values.uris("MCP_AUTHORIZATION_SERVER", true);
    const std::string_view issuers = values.or_default("MCP_ISSUER", "");
    for (const std::string_view issuer : split(issuers, ',')) {
        if (issuer.contains(' '))
            values.error("MCP_ISSUER", shown(issuer) + " has a space in it: issuers are separated by commas");
        else
            values.refuse("MCP_ISSUER", issuer, mcp::issuer_problem(issuer));
        resource.issuers.emplace_back(issuer);
    }
    if (!issuers.empty() && resource.issuers.empty()) values.error("MCP_ISSUER", "names nothing");
    resource.skip_issuer_check = values.flag("MCP_ACCEPT_ANY_ISSUER");
    if (resource.skip_issuer_check)
        values.warning("MCP_ACCEPT_ANY_ISSUER", "is on: the issuer of a token is not checked");
}

void read_jwt_verification(const Values& values, Gateway& gateway, Resource& resource) {
    read_keys(values, gateway, resource);
    const auto& issuers = resource.issuers.empty() ? resource.authorization_servers : resource.issuers;
    if (!resource.discovery && issuers.size() > 1 && !resource.skip_issuer_check)
        values.error("MCP_ISSUER",
                     "must name the one issuer whose keys these are, as there are several authorization servers; or "
                     "use MCP_DISCOVERY=on");
}

void read_verification(const Values& values, Mode mode, Gateway& gateway, Resource& resource) {
    if (mode != Mode::introspect) {
        read_jwt_verification(values, gateway, resource);
    } else {
        for (const std::string_view name : {"MCP_JWT_KEY_FILE", "MCP_JWKS_URI", "MCP_DISCOVERY"})
            values.unused(name, "with MCP_AUTH_MODE=introspect");
    }
    if (mode != Mode::jwt) {
        resource.introspection = read_introspection(values, gateway);
    } else {
        for (const std::string_view name :
             {"MCP_INTROSPECT_ENDPOINT", "MCP_CLIENT_ID", "MCP_CLIENT_SECRET_FILE", "MCP_INTROSPECT_CACHE_MAX_TTL"})
            values.unused(name, "with MCP_AUTH_MODE=jwt");
    }
}

void check_bearer_methods(const Values& values) {
    const auto methods = split(values.or_default("MCP_BEARER_METHODS_SUPPORTED", "header"), ',');
    if (methods.empty()) values.error("MCP_BEARER_METHODS_SUPPORTED", "names nothing");
    for (const std::string_view method : methods)
        if (method != "header")
            values.error("MCP_BEARER_METHODS_SUPPORTED",
                         "can only be \"header\": a token in a query or a form ends up in logs, and is refused");
}

// What nginx would find out too, but without the name of the variable.
void check_metadata_uri(const Values& values, const mcp::ResourceUri& uri, const mcp::ResourceUri& resource) {
    const auto refuse = [&](const std::string& text) { values.error("MCP_METADATA_URI", text); };
    if (uri.path().empty()) return refuse(shown(uri.text()) + " has no path");
    if (uri == resource) return refuse("is the resource itself");
    if (uri.origin() != resource.origin())
        return refuse(shown(uri.text()) + " is not at the origin of MCP_CANONICAL_URI, " + shown(resource.origin()));
    if (is_path_of_probe(uri.path())) return refuse(shown(uri.path()) + " is the path of the health check");
}

// The path itself, or one below it.
bool is_below(std::string_view path, std::string_view other) noexcept {
    while (other.ends_with('/'))
        other.remove_suffix(1);
    return path.starts_with(other) && (path.size() == other.size() || path[other.size()] == '/');
}

void check_agreement(const Values& values, const Resource& resource) {
    if (!resource.uri || !resource.metadata_uri) return;
    const std::string_view path = resource.uri->path();
    if (path == resource.path + "/" && !values.or_default("MCP_RESOURCE_PATH", "").ends_with('/'))
        return values.error("MCP_CANONICAL_URI",
                            "ends with a slash, and MCP_RESOURCE_PATH does not: to clients these are two "
                            "resources");
    if (!is_below(path, resource.path) && !is_below(resource.path, path))
        values.warning("MCP_CANONICAL_URI", "has the path " + shown(path) + ", and MCP_RESOURCE_PATH is " +
                                                shown(resource.path) +
                                                ": nginx answers clients only if a proxy in front of it rewrites "
                                                "the one path to the other");
    check_metadata_uri(values, *resource.metadata_uri, *resource.uri);
    if (resource.metadata_uri->path() == resource.path && *resource.metadata_uri != *resource.uri)
        values.error("MCP_METADATA_URI", "has the path of MCP_RESOURCE_PATH, " + shown(resource.path));
}

// Which of them counts, nobody could tell from the outside.
void check_issuers(const Values& values, const Resource& resource) {
    if (resource.skip_issuer_check && !resource.issuers.empty())
        values.error("MCP_ISSUER", "has no effect together with MCP_ACCEPT_ANY_ISSUER=on; leave one of the two out");
    if (!resource.discovery || resource.authorization_servers.size() < 2) return;
    const std::string_view name = resource.skip_issuer_check ? "MCP_ACCEPT_ANY_ISSUER" : "MCP_ISSUER";
    if (resource.skip_issuer_check || !resource.issuers.empty())
        values.error(name,
                     "does not say whose keys verify those tokens, with MCP_DISCOVERY=on and more than one "
                     "MCP_AUTHORIZATION_SERVER");
}

std::uint16_t read_listen_port(const Values& values, bool tls) {
    const std::uint16_t usual = tls ? 443 : 80;
    return values.port("MCP_LISTEN_PORT").value_or(usual);
}

void refuse_secret(const Values& values) {
    if (values.optional("MCP_CLIENT_SECRET"))
        values.error("MCP_CLIENT_SECRET",
                     "is refused, as anyone who can inspect the process or the container can read "
                     "it; put the secret into a file and name that in MCP_CLIENT_SECRET_FILE");
}

Resource read_resource(const Values& values) {
    Resource resource;
    resource.uri = values.uri("MCP_CANONICAL_URI");
    resource.metadata_uri = values.uri("MCP_METADATA_URI");
    read_issuers(values, resource);
    resource.required_scopes = values.scopes("MCP_REQUIRED_SCOPE");
    resource.supported_scopes = values.listed_scopes("MCP_SCOPES_SUPPORTED");
    resource.backend = read_backend(values);
    return resource;
}

// A client that asks for the supported scopes alone would never get in.
void check_scopes(const Values& values, const Resource& resource) {
    if (values.has_errors()) return;  // a list with commas is no scope that somebody has forgotten
    for (const std::string& scope : resource.required_scopes)
        if (std::ranges::find(resource.supported_scopes, scope) == resource.supported_scopes.end())
            values.warning("MCP_REQUIRED_SCOPE", "names " + shown(scope) +
                                                     ", which is not in MCP_SCOPES_SUPPORTED: clients that ask for "
                                                     "only those never get in; add it there");
}

void check_backend(const Values& values, const Gateway& gateway, const Resource& resource) {
    if (is_this_gateway(resource.backend, gateway.port))
        values.error("MCP_BACKEND", "names the port where nginx itself listens: requests would go in circles");
}

void need_backend(Gateway& gateway, const Resource& resource) {
    if (gateway.resolvers.empty() && resource.backend.transport != Backend::Transport::unix_socket)
        gateway.hosts.push_back({.origin = "MCP_BACKEND",
                                 .host = resource.backend.host,
                                 .remedy = "; start that first, or name its DNS servers with MCP_RESOLVER"});
}

}  // namespace

Gateway read_gateway(const Environment& environment, Findings& findings) {
    const Values values(environment, findings);
    find_unprintable(environment, findings);
    if (!findings.errors.empty()) return {};  // nothing else can be said of such values
    find_unknown(environment, findings);
    refuse_secret(values);
    Gateway gateway;
    const auto mode = read_mode(values);
    std::vector<std::string> names = read_server_names(values);
    Resource resource = read_resource(values);
    read_tls(values, gateway);
    gateway.port = read_listen_port(values, gateway.tls.has_value());
    gateway.port_setting = "MCP_LISTEN_PORT=";
    resource.path = read_resource_path(values);
    gateway.worker_processes = read_worker_processes(values);
    gateway.resolvers = read_resolvers(values);
    need_resolvers(gateway);
    check_bearer_methods(values);
    check_agreement(values, resource);
    if (mode) read_verification(values, *mode, gateway, resource);
    check_issuers(values, resource);
    check_scopes(values, resource);
    read_limits(values, gateway, resource);
    check_backend(values, gateway, resource);
    need_backend(gateway, resource);
    gateway.servers.push_back({.names = std::move(names), .resources = {std::move(resource)}});
    read_reports(values, gateway);
    tell_derived(gateway, findings);
    return gateway;
}

LocalEndpoint local_endpoint(const Environment& environment, Findings& findings) {
    const Values values(environment, findings);
    const bool tls = values.flag("MCP_TLS");
    return {.tls = tls, .port = read_listen_port(values, tls)};
}

}  // namespace cli
