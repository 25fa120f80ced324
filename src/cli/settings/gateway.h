// Everything that one nginx is told, checked: what variables, three values or a file say ends up here, and nginx.conf
// is made of it. Strings are as their directive wants them, times and sizes as nginx writes them ("30s", "1m"); an
// empty string or list is one that was not said, and its directive is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mcp/resource_uri.h"

namespace cli {

// A text or a page in one language (RFC 9728 section 2.1); an empty tag: in none in particular.
struct InLanguage {
    std::string tag;
    std::string text;
};

// mcp_jwks
struct KeySet {
    std::string file_or_url;
    std::string issuer;  // empty: of all
};

// mcp_introspection (RFC 7662)
struct Introspection {
    std::string url;
    std::string client_id;
    std::string client_authentication;  // client_secret_basic, client_secret_post, private_key_jwt, tls_client_auth
    std::string client_secret_file;
    std::string client_key_file;
    std::string client_certificate_file;
    std::string assertion_audience;
    std::string assertion_key_id;
    std::string assertion_algorithm;
    std::string issuer;
    std::string max_ttl;
    std::string negative_ttl;
};

// mcp_scope with a selector
struct OperationScopes {
    std::string selector;  // tool, prompt, resource, method
    std::string pattern;
    std::vector<std::string> scopes;
};

// mcp_scope_implies
struct ImpliedScopes {
    std::string broad;
    std::vector<std::string> narrow;
};

// mcp_rate_limit
struct RateLimit {
    std::string rate{};  // "100r/m"
    std::string burst{};
    std::string by{};         // subject, client, issuer, address
    std::string algorithm{};  // gcra, fixed_window, token_bucket, sliding_window
    std::string method{};     // patterns: what is counted; all empty: each request
    std::string tool{};
    std::string prompt{};
    std::string resource_uri{};
};

// mcp_refusal_limit
struct RefusalLimit {
    std::string rate{};
    std::string burst{};
};

// Where requests go that have passed.
struct Backend {
    enum class Transport : std::uint8_t {
        http,
        https,
        unix_socket
    };
    Transport transport = Transport::http;
    std::string host;  // an IPv6 address with its brackets; the path of a socket
    std::uint16_t port = 0;
    std::string path;            // what replaces the path of the resource; empty: nothing does
    std::string host_header;     // empty: as the client sent it
    std::string ca_file;         // of https; empty: the system's
    std::string answer_timeout;  // between two reads of an answer
};

struct Resource {
    std::string origin;  // how messages name it: "resources[0]"; empty: by the variables
    std::optional<mcp::ResourceUri> uri;
    std::string path;  // of its location
    std::optional<mcp::ResourceUri> metadata_uri;
    bool metadata_at_root = false;  // mcp_resource ... default
    std::vector<InLanguage> names;
    std::vector<InLanguage> documentation;
    std::vector<InLanguage> policy_uris;
    std::vector<InLanguage> tos_uris;
    std::vector<std::string> audiences;  // besides the URI

    std::vector<std::string> authorization_servers;
    std::vector<std::string> issuers;  // empty: those
    bool skip_issuer_check = false;
    bool discovery = false;
    std::vector<KeySet> key_sets;
    std::optional<Introspection> introspection;

    std::vector<std::string> required_scopes;
    std::vector<OperationScopes> operation_scopes;
    std::vector<ImpliedScopes> implied_scopes;
    std::vector<std::string> supported_scopes;
    std::vector<std::string> challenge_scopes;

    std::vector<std::string> anonymous_methods;
    std::vector<std::string> allowed_origins;
    std::vector<std::string> protocol_versions;
    std::vector<std::pair<std::string, std::string>> identity_headers;  // header, claim
    std::string leeway;
    std::vector<std::string> algorithms;
    std::string token_type;
    std::string max_body_size;

    std::vector<RateLimit> rate_limits;
    bool rate_limit_x_headers = false;
    std::optional<RefusalLimit> refusal_limit;

    Backend backend;
};

// The resources of one host name.
struct Server {
    std::vector<std::string> names;
    std::vector<Resource> resources;
};

struct TlsFiles {
    std::string certificate_file;
    std::string key_file;
};

// mcp_proxy
struct OutgoingProxy {
    std::string url;
    std::string user;
    std::string password_file;
    std::vector<std::string> no_proxy;
};

// mcp_authorization_server_limits; 0: the module's default
struct QuestionLimits {
    unsigned per_server = 0;
    unsigned per_client = 0;
    unsigned total = 0;
    unsigned waiting = 0;
};

// mcp_redis: where several machines count rate limits together.
struct Redis {
    std::string address{};  // "redis:6379", "unix:/run/redis.sock"
    std::string user{};
    std::string password_file{};
    std::string prefix{};
    std::string timeout{};
    std::string on_error{};  // deny, allow
};

// mcp_audit, and the log that its records go to
struct Audit {
    std::string log;  // "stdout", a file, or "syslog:server=..."; empty: none
    std::string identity;
    std::string key_file;
    bool is_required = false;
};

// Where mcp_status and mcp_metrics are served, apart from the resources.
struct StatusListener {
    std::uint16_t port = 0;
    std::vector<std::string> addresses;  // empty: all, IPv4 and IPv6
    std::string port_setting;            // as that of the gateway
    std::string address_setting;         // what names the addresses: "status.address"
};

// mcp_trace_exporter
struct Tracing {
    std::string exporter;
    std::string sample;
    std::string headers_file;
    std::string service;
};

// What must be there when nginx starts, and who said so: "MCP_JWT_KEY_FILE", or "mcp.yaml:7:5: resources[0].keys.file".
struct NeededFile {
    std::string origin;
    std::string path;
    bool may_be_secret = false;   // somebody may have written the secret itself: never shown
    std::size_t least_bytes = 0;  // that have to be in it
};
struct NeededHost {
    std::string origin;
    std::string host;
    std::string remedy;       // the end of the message: "; start that first"
    std::string meanwhile{};  // what happens until it is known: nginx starts without it; empty: it does not
};

struct Gateway {
    std::vector<std::string> listen_addresses;  // empty: all, IPv4 and IPv6
    std::uint16_t port = 0;
    std::string port_setting;  // what says another one, up to its number: "--port ", "MCP_LISTEN_PORT="
    std::optional<TlsFiles> tls;
    std::string worker_processes = "auto";
    std::vector<std::string> resolvers;  // as `resolver` takes them; empty: the system's
    std::string zone_size;               // empty: as zone_size_of() says
    std::string keys_max_age;
    std::string max_anonymous_bodies;
    std::string ca_file;  // mcp_ssl_trusted_certificate
    std::optional<OutgoingProxy> proxy;
    QuestionLimits limits;
    std::string header_size;                   // of all headers of a request, a token among them; empty: the default
    std::vector<std::string> trusted_proxies;  // set_real_ip_from
    std::string include_folder;                // include.d beside the file; empty: none
    std::optional<bool> observe;               // mcp_observe; not said: where something is made of it
    std::optional<Audit> audit;
    std::optional<StatusListener> status;
    std::optional<Tracing> tracing;
    std::optional<Redis> redis;
    std::vector<Server> servers;

    std::vector<NeededFile> files;
    std::optional<NeededFile> written_file;  // that nginx makes, or writes at the end of
    std::vector<NeededHost> hosts;
};

}  // namespace cli
