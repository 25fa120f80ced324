// What the environment variables say, checked: what can be rendered into a configuration of nginx.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/environment.h"
#include "mcp/resource_uri.h"

namespace cli {

// MCP_JWT_KEY_FILE, MCP_JWKS_URI or MCP_DISCOVERY
struct KeySource {
    std::string file_or_url;  // empty: by discovery
};

// MCP_INTROSPECT_ENDPOINT and its companions
struct IntrospectionSettings {
    std::string endpoint;
    std::string client_id;
    std::string client_secret_file;
    std::string max_ttl;  // as nginx reads it
};

// MCP_SSL_CERT_FILE, MCP_SSL_CERT_KEY_FILE
struct TlsSettings {
    std::string certificate_file;
    std::string key_file;
};

// MCP_BACKEND
struct Backend {
    bool tls = false;
    std::string host;  // an IPv6 address with its brackets
    std::uint16_t port = 0;
};

struct Settings {
    std::string server_name;
    std::optional<mcp::ResourceUri> resource;
    std::optional<mcp::ResourceUri> metadata_uri;
    std::vector<std::string> authorization_servers;
    std::vector<std::string> issuers;  // empty: those
    bool accept_any_issuer = false;
    std::vector<std::string> required_scopes;
    std::vector<std::string> scopes_supported;
    std::optional<KeySource> keys;                       // jwt, auto
    std::optional<IntrospectionSettings> introspection;  // introspect, auto
    Backend backend;
    std::uint16_t port = 0;
    std::string resource_path;
    std::string worker_processes;
    std::vector<std::string> resolvers;
    std::optional<TlsSettings> tls;
};

// Reads everything, and reports every mistake at once: nothing may be done with the settings while there is an error.
// Looks at no file and at no network.
Settings read_settings(const Environment& environment, Findings& findings);

// Files that cannot be read, and a backend whose name nobody knows.
void find_missing(const Settings& settings, Findings& findings);

// Where /healthz is, for a command that runs beside nginx.
struct LocalEndpoint {
    bool tls;
    std::uint16_t port;
};
LocalEndpoint local_endpoint(const Environment& environment, Findings& findings);

}  // namespace cli
