#include "cli/render.h"

#include <algorithm>
#include <initializer_list>

namespace cli {
namespace {

// How long requests and streams that are under way may go on when nginx is told to stop: within the ten seconds that
// `docker stop` waits.
constexpr std::string_view grace_period = "8s";

using Parameters = std::initializer_list<std::string_view>;

class Configuration {
public:
    void line(std::string_view directive, Parameters parameters) {
        begin(directive, parameters);
        text_ += ";\n";
    }
    void open(std::string_view directive, Parameters parameters) {
        begin(directive, parameters);
        text_ += " {\n";
        depth_++;
    }
    void close() {
        depth_--;
        text_.append(depth_ * indent, ' ').append("}\n");
    }
    void line(std::string_view directive, const std::vector<std::string>& parameters) {
        begin(directive, {});
        for (const std::string& parameter : parameters)
            text_ += ' ' + nginx_parameter(parameter);
        text_ += ";\n";
    }
    std::string take() { return std::move(text_); }

private:
    static constexpr std::size_t indent = 4;

    void begin(std::string_view directive, Parameters parameters) {
        text_.append(depth_ * indent, ' ').append(directive);
        for (const std::string_view parameter : parameters)
            text_ += ' ' + nginx_parameter(parameter);
    }

    std::string text_;
    std::size_t depth_ = 0;
};

std::string authority(const Backend& backend) {
    return backend.host + ':' + std::to_string(backend.port);
}

void add_process(Configuration& conf, const Settings& settings, const Places& places) {
    conf.line("load_module", {places.modules + "/ngx_http_mcp_resource_module.so"});
    conf.line("daemon", {"off"});
    conf.line("worker_processes", {settings.worker_processes});
    conf.line("worker_shutdown_timeout", {grace_period});
    conf.line("pid", {places.pid + "/nginx.pid"});
    conf.line("error_log", {"stderr", "notice"});
    conf.open("events", {});
    conf.line("worker_connections", {"8192"});
    conf.close();
}

void add_http(Configuration& conf, const Settings& settings, const Places& places) {
    conf.line("log_format", {"mcp",
                             "$remote_addr [$time_iso8601] \"$request_method $uri\" $status $mcp_decision $mcp_reason "
                             "$mcp_decision_id \"$mcp_subject\" \"$mcp_client_id\" \"$mcp_method\" \"$mcp_name\""});
    conf.line("access_log", {"/dev/stdout", "mcp"});
    for (const std::string_view kind : temporary_files)
        conf.line(std::string(kind) + "_temp_path", {places.temporary + '/' + temporary_folder(kind)});
    conf.line("server_tokens", {"off"});
    conf.line("client_max_body_size", {"16m"});
    conf.line("mcp_zone", {"mcp", "16m"});
    if (!settings.resolvers.empty()) {
        conf.line("resolver", settings.resolvers);
        return;
    }
    conf.open("upstream", {"mcp_backend"});
    conf.line("server", {authority(settings.backend)});
    conf.line("keepalive", {"16"});
    conf.close();
}

void add_verification(Configuration& conf, const Settings& settings) {
    if (settings.keys && settings.keys->file_or_url.empty()) conf.line("mcp_discovery", {"on"});
    if (settings.keys && !settings.keys->file_or_url.empty()) conf.line("mcp_jwks", {settings.keys->file_or_url});
    if (const auto& introspection = settings.introspection)
        conf.line("mcp_introspection",
                  {introspection->endpoint, "client_id=" + introspection->client_id,
                   "client_secret_file=" + introspection->client_secret_file, "max_ttl=" + introspection->max_ttl});
}

void add_resource(Configuration& conf, const Settings& settings) {
    conf.line("mcp_resource", {settings.resource->text()});
    conf.line("mcp_metadata_uri", {settings.metadata_uri->text()});
    conf.line("mcp_authorization_server", settings.authorization_servers);
    if (!settings.issuers.empty()) conf.line("mcp_issuer", settings.issuers);
    if (settings.accept_any_issuer) conf.line("mcp_insecure_skip_issuer_check", {"on"});
    add_verification(conf, settings);
    conf.line("mcp_scope", settings.required_scopes);
    conf.line("mcp_scopes_supported", settings.scopes_supported);
}

void add_backend(Configuration& conf, const Settings& settings) {
    const Backend& backend = settings.backend;
    const bool by_name = !settings.resolvers.empty();  // nginx looks up only names that come from a variable
    if (by_name) conf.line("set", {"$mcp_backend", authority(backend)});
    const std::string scheme = backend.tls ? "https://" : "http://";
    conf.line("proxy_pass", {scheme + (by_name ? "$mcp_backend" : "mcp_backend")});
    conf.line("proxy_http_version", {"1.1"});
    conf.line("proxy_set_header", {"Connection", ""});
    conf.line("proxy_set_header", {"Host", "$http_host"});
    conf.line("proxy_set_header", {"X-Forwarded-Host", "$http_host"});
    conf.line("proxy_set_header", {"X-Forwarded-For", "$proxy_add_x_forwarded_for"});
    conf.line("proxy_set_header", {"X-Forwarded-Proto", "$scheme"});
    conf.line("proxy_read_timeout", {"1h"});
    if (!backend.tls) return;
    conf.line("proxy_ssl_verify", {"on"});
    conf.line("proxy_ssl_trusted_certificate", {"/etc/ssl/certs/ca-certificates.crt"});
    conf.line("proxy_ssl_server_name", {"on"});
    conf.line("proxy_ssl_name", {backend.host});
}

// The path itself and what lies below: "/mcp" and "/mcp/x", but not "/mcpx".
void open_location(Configuration& conf, const std::string& path) {
    if (path == "/") return conf.open("location", {"/"});
    std::string pattern = "^";
    for (const char c : path) {
        if (c == '.') pattern += '\\';
        pattern += c;
    }
    conf.open("location", {"~", pattern + "(?:/|$)"});
}

void add_server(Configuration& conf, const Settings& settings) {
    const std::string port = std::to_string(settings.port);
    if (settings.tls) {
        conf.line("listen", {port, "ssl"});
        conf.line("ssl_certificate", {settings.tls->certificate_file});
        conf.line("ssl_certificate_key", {settings.tls->key_file});
        conf.line("ssl_protocols", {"TLSv1.2", "TLSv1.3"});
    } else {
        conf.line("listen", {port});
    }
    conf.line("server_name", {settings.server_name});
    conf.open("location", {"=", "/healthz"});
    conf.line("access_log", {"off"});
    conf.line("default_type", {"text/plain"});
    conf.line("return", {"200", "ok"});
    conf.close();
    open_location(conf, settings.resource_path);
    add_resource(conf, settings);
    add_backend(conf, settings);
    conf.close();
    if (settings.resource_path == "/") return;
    conf.open("location", {"/"});
    conf.line("return", {"404"});
    conf.close();
}

bool needs_no_quotes(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-:=+*%~@^,?&[]$").find(c) != std::string_view::npos;
}

}  // namespace

std::string nginx_parameter(std::string_view text) {
    if (!text.empty() && std::ranges::all_of(text, needs_no_quotes)) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string render(const Settings& settings, const Places& places) {
    Configuration conf;
    add_process(conf, settings, places);
    conf.open("http", {});
    add_http(conf, settings, places);
    conf.open("server", {});
    add_server(conf, settings);
    conf.close();
    conf.close();
    return std::string(marker) + conf.take();
}

}  // namespace cli
