#include <algorithm>
#include <vector>

#include "cli/render/parts.h"

namespace cli {
namespace {

constexpr std::string_view system_ca = "/etc/ssl/certs/ca-certificates.crt";

// As nginx's `server` and proxy_pass take it.
std::string authority(const Backend& backend) {
    if (backend.transport == Backend::Transport::unix_socket) return "unix:" + backend.host;
    return backend.host + ':' + std::to_string(backend.port);
}

// nginx looks up only names that come from a variable.
bool is_looked_up(const Gateway& gateway, const Backend& backend) {
    return !gateway.resolvers.empty() && backend.transport != Backend::Transport::unix_socket;
}

// Where the connections of the gateway go, each once.
std::vector<std::string> upstreams(const Gateway& gateway) {
    std::vector<std::string> authorities;
    for (const Server& server : gateway.servers)
        for (const Resource& resource : server.resources)
            if (const std::string name = authority(resource.backend);
                !is_looked_up(gateway, resource.backend) && std::ranges::find(authorities, name) == authorities.end())
                authorities.push_back(name);
    return authorities;
}

// "mcp_backend", "mcp_backend_2", ...
std::string upstream_name(std::size_t index) {
    return index == 0 ? "mcp_backend" : "mcp_backend_" + std::to_string(index + 1);
}

std::string upstream_of(const Gateway& gateway, const Backend& backend) {
    const auto all = upstreams(gateway);
    return upstream_name(static_cast<std::size_t>(std::ranges::find(all, authority(backend)) - all.begin()));
}

void add_destination(Configuration& conf, const Gateway& gateway, const Backend& backend) {
    const std::string scheme = backend.transport == Backend::Transport::https ? "https://" : "http://";
    if (is_looked_up(gateway, backend)) {
        conf.line("set", {"$mcp_backend", authority(backend)});
        conf.line("proxy_pass", {scheme + "$mcp_backend"});
    } else {
        conf.line("proxy_pass", {scheme + upstream_of(gateway, backend)});
    }
}

// The part of the path that is the resource's own is replaced; what was escaped in the rest is escaped again.
void add_path(Configuration& conf, const Resource& resource) {
    std::string_view replacement = resource.backend.path;
    if (replacement.empty() || replacement == resource.path) return;
    if (replacement.ends_with('/')) replacement.remove_suffix(1);
    const std::string own = resource.path == "/" ? "" : path_pattern(resource.path);
    conf.line("rewrite", {'^' + own + "/?$", replacement.empty() ? "/" : replacement, "break"});
    conf.line("rewrite", {"(?s)^" + own + "/(.*)$", std::string(replacement) + "/$1", "break"});
}

void add_headers(Configuration& conf, const Backend& backend) {
    const std::string_view host = backend.host_header.empty() ? std::string_view("$http_host") : backend.host_header;
    conf.line("proxy_http_version", {"1.1"});
    conf.line("proxy_set_header", {"Connection", ""});
    conf.line("proxy_set_header", {"Host", host});
    conf.line("proxy_set_header", {"X-Forwarded-Host", "$http_host"});
    conf.line("proxy_set_header", {"X-Forwarded-For", "$proxy_add_x_forwarded_for"});
    conf.line("proxy_set_header", {"X-Forwarded-Proto", "$scheme"});
}

}  // namespace

void add_upstreams(Configuration& conf, const Gateway& gateway) {
    const auto all = upstreams(gateway);
    for (std::size_t i = 0; i < all.size(); i++) {
        conf.open("upstream", {upstream_name(i)});
        conf.line("server", {all[i]});
        conf.line("keepalive", {"16"});
        conf.close();
    }
}

void add_backend(Configuration& conf, const Gateway& gateway, const Resource& resource) {
    const Backend& backend = resource.backend;
    add_path(conf, resource);
    add_destination(conf, gateway, backend);
    add_headers(conf, backend);
    conf.line("proxy_read_timeout", {backend.answer_timeout.empty() ? "1h" : std::string_view(backend.answer_timeout)});
    if (backend.transport != Backend::Transport::https) return;
    conf.line("proxy_ssl_verify", {"on"});
    conf.line("proxy_ssl_trusted_certificate",
              {backend.ca_file.empty() ? system_ca : std::string_view(backend.ca_file)});
    conf.line("proxy_ssl_server_name", {"on"});
    conf.line("proxy_ssl_name", {backend.host});
}

}  // namespace cli
