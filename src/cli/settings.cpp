#include "cli/settings.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "cli/files.h"
#include "cli/terminal.h"
#include "cli/values.h"

namespace cli {
namespace {

enum class Mode : std::uint8_t {
    jwt,
    introspect,
    automatic
};

bool is_host_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_';
    });
}

bool is_address(int family, std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

// A host name, an IPv4 address or an IPv6 address in brackets.
bool is_host(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']') && text.size() > 2)
        return is_address(AF_INET6, text.substr(1, text.size() - 2));
    return is_host_name(text);
}

std::optional<Mode> read_mode(const Values& values) {
    const std::string_view mode = values.required("MCP_AUTH_MODE");
    if (mode == "jwt") return Mode::jwt;
    if (mode == "introspect") return Mode::introspect;
    if (mode == "auto") return Mode::automatic;
    if (!mode.empty()) values.error("MCP_AUTH_MODE", R"(must be "jwt", "introspect" or "auto", not )" + shown(mode));
    return std::nullopt;
}

// A name, and "*.name" for those below it.
std::string read_server_name(const Values& values) {
    const std::string_view name = values.required("MCP_SERVER_NAME");
    const std::string_view host = name.starts_with("*.") ? name.substr(2) : name;
    if (!name.empty() && !is_host(host) && name != "_")
        values.error("MCP_SERVER_NAME", "must be a host name like \"mcp.example.com\", not " + shown(name));
    return std::string(name);
}

Backend read_backend(const Values& values) {
    std::string_view text = values.required("MCP_BACKEND");
    Backend backend;
    if (text.empty()) return backend;
    const std::string value = shown(text);
    backend.tls = text.starts_with("https://");
    if (backend.tls) text.remove_prefix(std::string_view("https://").size());
    const std::size_t colon = text.rfind(':');
    const std::string_view port = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    backend.host = text.substr(0, colon);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), backend.port);
    if (!is_host(backend.host) || error != std::errc() || end != port.data() + port.size() || backend.port == 0)
        values.error("MCP_BACKEND", R"(must be "host:port" or "https://host:port", not )" + value);
    return backend;
}

// What a location can say without anybody having to escape it.
std::string read_resource_path(const Values& values) {
    const std::string_view path = values.or_default("MCP_RESOURCE_PATH", "/mcp");
    const bool plain = std::ranges::all_of(path, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("/-._~").find(c) != std::string_view::npos;
    });
    if (!path.starts_with('/') || !plain || path.find("//") != std::string_view::npos ||
        path.find("/.") != std::string_view::npos)
        values.error("MCP_RESOURCE_PATH",
                     "must be a path like \"/mcp\" of letters, digits and \"-._~\", not " + shown(path));
    if (path.size() > 1 && path.ends_with('/'))
        values.error("MCP_RESOURCE_PATH", "must not end with a slash: what lies below is protected anyway");
    if (path == "/healthz") values.error("MCP_RESOURCE_PATH", "cannot be /healthz, which tells whether nginx is well");
    return std::string(path);
}

std::string read_worker_processes(const Values& values) {
    const std::string_view text = values.or_default("MCP_WORKER_PROCESSES", "auto");
    unsigned count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool is_count = error == std::errc() && end == text.data() + text.size() && count >= 1 && count <= 1024;
    if (text != "auto" && !is_count)
        values.error("MCP_WORKER_PROCESSES", "must be \"auto\" or a number from 1 to 1024, not " + shown(text));
    return std::string(text);
}

// IP addresses, with a port or without.
std::vector<std::string> read_resolvers(const Values& values) {
    std::vector<std::string> resolvers;
    for (const std::string_view text : split(values.or_default("MCP_RESOLVER", ""), ' ')) {
        const bool bare = text.starts_with('[') ? text.ends_with(']') : text.find(':') == std::string_view::npos;
        const std::size_t colon = bare ? text.size() : text.rfind(':');
        const std::string_view host = text.substr(0, colon);
        const std::string_view port = text.substr(std::min(colon + 1, text.size()));
        const bool good_port = bare || (!port.empty() && port.size() <= 5 &&
                                        port.find_first_not_of("0123456789") == std::string_view::npos);
        if (!good_port || !is_host(host) || (!host.starts_with('[') && !is_address(AF_INET, host)))
            values.error("MCP_RESOLVER", "must be addresses like \"10.0.0.2\" or \"[fd00::2]:53\", not " + shown(text));
        resolvers.emplace_back(text);
    }
    return resolvers;
}

// nginx would take a "$" in the name of a certificate for a variable.
std::string read_file_name(const Values& values, std::string_view name) {
    const std::string_view file = values.required(name);
    if (!file.empty() && !file.starts_with('/'))
        values.error(name, "must be an absolute path like \"/keys/file\"");  // it may be the key or the secret itself
    if (file.find('$') != std::string_view::npos) values.error(name, "must not contain \"$\"");
    return std::string(file);
}

std::optional<TlsSettings> read_tls(const Values& values) {
    if (!values.flag("MCP_TLS")) {
        values.unused("MCP_SSL_CERT_FILE", "while MCP_TLS is off");
        values.unused("MCP_SSL_CERT_KEY_FILE", "while MCP_TLS is off");
        return std::nullopt;
    }
    return TlsSettings{.certificate_file = read_file_name(values, "MCP_SSL_CERT_FILE"),
                       .key_file = read_file_name(values, "MCP_SSL_CERT_KEY_FILE")};
}

std::string read_url(const Values& values, std::string_view name) {
    const auto uri = values.uri(name);
    return uri ? std::string(*values.optional(name)) : std::string();
}

KeySource read_keys(const Values& values) {
    const bool discovery = values.flag("MCP_DISCOVERY");
    const bool has_file = values.optional("MCP_JWT_KEY_FILE").has_value();
    const bool has_url = values.optional("MCP_JWKS_URI").has_value();
    if (int{discovery} + int{has_file} + int{has_url} > 1)
        values.error("MCP_JWT_KEY_FILE",
                     "is one of three ways to get keys, with MCP_JWKS_URI and MCP_DISCOVERY=on: set one of them");
    if (discovery) return {};
    return {.file_or_url = has_url ? read_url(values, "MCP_JWKS_URI") : read_file_name(values, "MCP_JWT_KEY_FILE")};
}

IntrospectionSettings read_introspection(const Values& values) {
    IntrospectionSettings introspection{.endpoint = read_url(values, "MCP_INTROSPECT_ENDPOINT"),
                                        .client_id = std::string(values.required("MCP_CLIENT_ID")),
                                        .client_secret_file = {},
                                        .max_ttl = values.time("MCP_INTROSPECT_CACHE_MAX_TTL", "60s")};
    if (!values.optional("MCP_CLIENT_SECRET"))
        introspection.client_secret_file = read_file_name(values, "MCP_CLIENT_SECRET_FILE");
    return introspection;
}

void read_issuers(const Values& values, Settings& settings) {
    settings.authorization_servers = values.uris("MCP_AUTHORIZATION_SERVER", true);
    for (const std::string_view issuer : split(values.or_default("MCP_ISSUER", ""), ','))
        settings.issuers.emplace_back(issuer);
    settings.accept_any_issuer = values.flag("MCP_ACCEPT_ANY_ISSUER");
    if (settings.accept_any_issuer)
        values.warning("MCP_ACCEPT_ANY_ISSUER", "is on: the issuer of a token is not looked at");
}

void read_verification(const Values& values, Mode mode, Settings& settings) {
    if (mode != Mode::introspect) {
        settings.keys = read_keys(values);
        const auto& issuers = settings.issuers.empty() ? settings.authorization_servers : settings.issuers;
        if (!settings.keys->file_or_url.empty() && issuers.size() > 1 && !settings.accept_any_issuer)
            values.error(
                "MCP_ISSUER",
                "must name the one issuer whose keys these are, as there are several authorization servers; or "
                "use MCP_DISCOVERY=on");
    } else {
        for (const std::string_view name : {"MCP_JWT_KEY_FILE", "MCP_JWKS_URI", "MCP_DISCOVERY"})
            values.unused(name, "with MCP_AUTH_MODE=introspect");
    }
    if (mode != Mode::jwt) {
        settings.introspection = read_introspection(values);
    } else {
        for (const std::string_view name :
             {"MCP_INTROSPECT_ENDPOINT", "MCP_CLIENT_ID", "MCP_CLIENT_SECRET_FILE", "MCP_INTROSPECT_CACHE_MAX_TTL"})
            values.unused(name, "with MCP_AUTH_MODE=jwt");
    }
}

void check_bearer_methods(const Values& values) {
    for (const std::string_view method : split(values.or_default("MCP_BEARER_METHODS_SUPPORTED", "header"), ','))
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
    if (uri.path() == "/healthz") return refuse("\"/healthz\" is the path of the health check");
}

void check_agreement(const Values& values, const Settings& settings) {
    if (!settings.resource || !settings.metadata_uri) return;
    const std::string_view path = settings.resource->path();
    if (path == settings.resource_path + "/")
        return values.error("MCP_CANONICAL_URI",
                            "ends with a slash, and MCP_RESOURCE_PATH does not: to clients these are two "
                            "resources");
    check_metadata_uri(values, *settings.metadata_uri, *settings.resource);
}

// Which of them counts, nobody could tell from the outside.
void check_issuers(const Values& values, const Settings& settings) {
    if (settings.accept_any_issuer && !settings.issuers.empty())
        values.error("MCP_ISSUER", "has no effect beside MCP_ACCEPT_ANY_ISSUER=on; leave one of the two out");
    const bool discovers = settings.keys && settings.keys->file_or_url.empty();
    if (!discovers || settings.authorization_servers.size() < 2) return;
    const std::string_view name = settings.accept_any_issuer ? "MCP_ACCEPT_ANY_ISSUER" : "MCP_ISSUER";
    if (settings.accept_any_issuer || !settings.issuers.empty())
        values.error(name,
                     "does not say whose keys verify those tokens, with MCP_DISCOVERY=on and more than one "
                     "MCP_AUTHORIZATION_SERVER");
}

std::uint16_t read_listen_port(const Values& values, bool tls) {
    const std::uint16_t usual = tls ? 443 : 80;
    return values.port("MCP_LISTEN_PORT").value_or(usual);
}

void find_unreadable(std::string_view variable, const std::string& file, Findings& findings) {
    const std::string trouble = why_unreadable(file);
    if (trouble.empty()) return;
    // What begins with a slash can be a secret, too, that somebody has taken for what to write there.
    const std::string name = variable == "MCP_CLIENT_SECRET_FILE" ? "a file" : shown(file);
    findings.errors.push_back(std::string(variable) + " names " + name + ", which cannot be read: " + trouble);
}

void find_unknown_host(const Backend& backend, Findings& findings) {
    const bool brackets = backend.host.starts_with('[');
    const std::string host = brackets ? backend.host.substr(1, backend.host.size() - 2) : backend.host;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), nullptr, nullptr, &found);
    if (found != nullptr) ::freeaddrinfo(found);
    if (error != 0)
        findings.errors.push_back("MCP_BACKEND names " + shown(backend.host) + ", which cannot be resolved (" +
                                  ::gai_strerror(error) + "); with MCP_RESOLVER it is resolved when it is needed");
}

}  // namespace

Settings read_settings(const Environment& environment, Findings& findings) {
    const Values values(environment, findings);
    find_unprintable(environment, findings);
    if (!findings.errors.empty()) return {};  // nothing else can be said of such values
    find_unknown(environment, findings);
    if (values.optional("MCP_CLIENT_SECRET"))
        values.error("MCP_CLIENT_SECRET",
                     "is refused, as anyone who may look at the process or the container can read "
                     "it; put the secret into a file and name that in MCP_CLIENT_SECRET_FILE");
    Settings settings;
    const auto mode = read_mode(values);
    settings.server_name = read_server_name(values);
    settings.resource = values.uri("MCP_CANONICAL_URI");
    settings.metadata_uri = values.uri("MCP_METADATA_URI");
    read_issuers(values, settings);
    settings.required_scopes = values.scopes("MCP_REQUIRED_SCOPE", ' ');
    settings.scopes_supported = values.scopes("MCP_SCOPES_SUPPORTED", ',');
    settings.backend = read_backend(values);
    settings.tls = read_tls(values);
    settings.port = read_listen_port(values, settings.tls.has_value());
    settings.resource_path = read_resource_path(values);
    settings.worker_processes = read_worker_processes(values);
    settings.resolvers = read_resolvers(values);
    check_bearer_methods(values);
    check_agreement(values, settings);
    if (mode) read_verification(values, *mode, settings);
    check_issuers(values, settings);
    return settings;
}

void find_missing(const Settings& settings, Findings& findings) {
    if (settings.keys && settings.keys->file_or_url.starts_with('/'))
        find_unreadable("MCP_JWT_KEY_FILE", settings.keys->file_or_url, findings);
    if (settings.introspection)
        find_unreadable("MCP_CLIENT_SECRET_FILE", settings.introspection->client_secret_file, findings);
    if (settings.tls) {
        find_unreadable("MCP_SSL_CERT_FILE", settings.tls->certificate_file, findings);
        find_unreadable("MCP_SSL_CERT_KEY_FILE", settings.tls->key_file, findings);
    }
    if (settings.resolvers.empty()) find_unknown_host(settings.backend, findings);
}

LocalEndpoint local_endpoint(const Environment& environment, Findings& findings) {
    const Values values(environment, findings);
    const bool tls = values.flag("MCP_TLS");
    return {.tls = tls, .port = read_listen_port(values, tls)};
}

}  // namespace cli
