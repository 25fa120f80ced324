#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ascii.h"
#include "cli/render/parts.h"
#include "cli/settings/limits.h"

namespace cli {
namespace {

constexpr std::string_view system_ca = "/etc/ssl/certs/ca-certificates.crt";

// As nginx's `server` and proxy_pass take it.
std::string authority(const Backend& backend) {
    if (backend.transport == Backend::Transport::unix_socket) return "unix:" + backend.host;
    return backend.host + ':' + std::to_string(backend.port);
}

enum class Way : std::uint8_t {
    upstream,  // an address, a socket, or a name that nginx looks up when it starts, and never again
    served,    // a name that we look up
    resolved   // a name that MCP_RESOLVER looks up
};

bool is_address(const std::string& host) {
    in_addr parsed{};
    return host.starts_with('[') || ::inet_pton(AF_INET, host.c_str(), &parsed) == 1;
}

bool is_among(const std::string& host, const std::vector<std::string>& names) {
    return std::ranges::any_of(names, [&](const auto& name) { return base::equals_ignoring_case(name, host); });
}

// What stands in /etc/hosts, no DNS server knows.
Way way_to(const std::string& host, const Gateway& gateway, const Machine& machine) {
    if (is_address(host)) return Way::upstream;
    const bool has_resolver = !gateway.resolvers.empty();
    if (machine.name_port != 0 && (!has_resolver || is_among(host, machine.hosts))) return Way::served;
    return has_resolver ? Way::resolved : Way::upstream;
}

Way way_to(const Backend& backend, const Gateway& gateway, const Machine& machine) {
    if (backend.transport == Backend::Transport::unix_socket) return Way::upstream;
    return way_to(backend.host, gateway, machine);
}

// The name of Redis, where we look it up; else empty.
std::string served_redis(const Gateway& gateway, const Machine& machine) {
    const std::string host = gateway.redis ? redis_host(gateway.redis->address) : "";
    return host.empty() || way_to(host, gateway, machine) != Way::served ? "" : host;
}

// Docker's server says that its answers are good for ten minutes, in which a container may get another address.
void add_given_resolver(Configuration& conf, const Gateway& gateway) {
    std::vector<std::string> parameters = gateway.resolvers;
    const auto says_how_long = [](const std::string& parameter) { return parameter.starts_with("valid="); };
    if (!parameters.empty() && std::ranges::none_of(parameters, says_how_long)) parameters.emplace_back("valid=10s");
    conf.line_if_said("resolver", parameters);
}

void add_own_resolver(Configuration& conf, const Machine& machine) {
    conf.line("resolver", {"127.0.0.1:" + std::to_string(machine.name_port), "valid=1s"});
}

template <class Use>
void each_backend(const Gateway& gateway, Use use) {
    for (const Server& server : gateway.servers)
        for (const Resource& resource : server.resources)
            use(resource.backend);
}

void add_once(std::vector<std::string>& list, const std::string& text) {
    if (std::ranges::find(list, text) == list.end()) list.push_back(text);
}

// "mcp_backend", "mcp_backend_2", ...
std::string upstream_name(std::size_t index) {
    return index == 0 ? "mcp_backend" : "mcp_backend_" + std::to_string(index + 1);
}

// nginx looks up only names that come from a variable.
void add_destination(Configuration& conf, const Backend& backend, Way way, const Machine& machine,
                     const Upstreams& upstreams) {
    const std::string scheme = backend.transport == Backend::Transport::https ? "https://" : "http://";
    if (way == Way::served) {
        add_own_resolver(conf, machine);
        conf.line("resolver_timeout", {"10s"});
    }
    if (way != Way::upstream) conf.line("set", {"$mcp_backend", authority(backend)});
    conf.line("proxy_pass", {scheme + (way == Way::upstream ? upstreams.name_of(backend) : "$mcp_backend")});
}

// The part of the path that is the resource's own is replaced; what was escaped in the rest is escaped again.
void add_path(Configuration& conf, const Resource& resource) {
    std::string_view replacement = resource.backend.path;
    if (replacement.empty() || replacement == resource.path) return;
    if (replacement.ends_with('/')) replacement.remove_suffix(1);
    const std::string own = resource.path == "/" ? "" : path_pattern(resource.path);
    conf.line("rewrite", {"(?i)^" + own + "/?$", replacement.empty() ? "/" : replacement, "break"});
    conf.line("rewrite", {"(?is)^" + own + "/(.*)$", std::string(replacement) + "/$1", "break"});
}

// A connection that nginx does not keep is to be closed by the backend: for a minute, whoever closes first cannot use
// the port again (RFC 9293 section 3.6.1), and we have 28,000 of them for each backend.
void add_headers(Configuration& conf, const Backend& backend, Way way) {
    const std::string_view host = backend.host_header.empty() ? std::string_view("$mcp_host") : backend.host_header;
    conf.line("proxy_http_version", {"1.1"});
    conf.line("proxy_set_header", {"Connection", way == Way::upstream ? "" : "close"});
    conf.line("proxy_set_header", {"Host", host});
    conf.line("proxy_set_header", {"X-Forwarded-Host", "$mcp_host"});
    conf.line("proxy_set_header", {"X-Forwarded-For", "$proxy_add_x_forwarded_for"});
    conf.line("proxy_set_header", {"X-Forwarded-Proto", "$scheme"});
}

}  // namespace

std::vector<std::string> served_names(const Gateway& gateway, const Machine& machine) {
    std::vector<std::string> names;
    each_backend(gateway, [&](const Backend& backend) {
        if (way_to(backend, gateway, machine) == Way::served) add_once(names, backend.host);
    });
    if (const std::string redis = served_redis(gateway, machine); !redis.empty()) add_once(names, redis);
    return names;
}

Upstreams::Upstreams(const Gateway& gateway, const Machine& machine) {
    each_backend(gateway, [&](const Backend& backend) {
        if (way_to(backend, gateway, machine) != Way::upstream) return;
        const auto [place, is_new] = places_.try_emplace(authority(backend), authorities_.size());
        if (is_new) authorities_.push_back(place->first);
    });
}

std::string Upstreams::name_of(const Backend& backend) const {
    return upstream_name(places_.at(authority(backend)));
}

void Upstreams::add(Configuration& conf) const {
    for (std::size_t i = 0; i < authorities_.size(); i++) {
        conf.open("upstream", {upstream_name(i)});
        conf.line("server", {authorities_[i]});
        conf.line("keepalive", {"16"});
        conf.close();
    }
}

void add_resolver(Configuration& conf, const Gateway& gateway, const Machine& machine) {
    if (served_redis(gateway, machine).empty()) return add_given_resolver(conf, gateway);
    add_own_resolver(conf, machine);
}

void add_resolver_of_server(Configuration& conf, const Gateway& gateway, const Machine& machine) {
    if (!served_redis(gateway, machine).empty()) add_given_resolver(conf, gateway);
}

void add_backend(Configuration& conf, const Gateway& gateway, const Resource& resource, const Machine& machine,
                 const Upstreams& upstreams) {
    const Backend& backend = resource.backend;
    const Way way = way_to(backend, gateway, machine);
    add_destination(conf, backend, way, machine, upstreams);
    add_path(conf, resource);  // last: nginx runs no `set` that stands after a `break`
    add_headers(conf, backend, way);
    conf.line("proxy_read_timeout", {backend.answer_timeout.empty() ? "1h" : std::string_view(backend.answer_timeout)});
    if (backend.transport != Backend::Transport::https) return;
    conf.line("proxy_ssl_verify", {"on"});
    conf.line("proxy_ssl_trusted_certificate",
              {backend.ca_file.empty() ? system_ca : std::string_view(backend.ca_file)});
    conf.line("proxy_ssl_server_name", {"on"});
    conf.line("proxy_ssl_name", {backend.host});
}

}  // namespace cli
