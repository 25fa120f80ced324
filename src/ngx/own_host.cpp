#include "ngx/own_host.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/http_url.h"
#include "ngx/pool.h"
#include "ngx/string.h"

namespace ngx {
namespace {

struct Server {
    const ngx_http_core_srv_conf_t* conf;
    std::vector<std::string> names{};      // the exact ones
    std::vector<std::string> wildcards{};  // "*.example.com", ".example.com", "mcp.*"
    bool has_patterns = false;
};

struct ServerNames {
    std::vector<Server> servers;
};

struct HostAndPort {
    std::string_view name;
    std::string_view port;  // may be empty
};

bool is_expression([[maybe_unused]] const ngx_http_server_name_t& name) noexcept {
#if (NGX_PCRE)
    return name.regex != nullptr;
#else
    return false;
#endif
}

bool is_wildcard(std::string_view name) noexcept {
    return name.starts_with('.') || name.starts_with("*.") || name.ends_with(".*");
}

// As nginx does (ngx_hash_find_combined): ".example.com" is the domain itself, too.
bool matches_wildcard(std::string_view wildcard, std::string_view host) noexcept {
    if (wildcard.ends_with(".*")) {
        wildcard.remove_suffix(1);
        return host.size() > wildcard.size() && equal_ignoring_case(host.substr(0, wildcard.size()), wildcard);
    }
    const bool is_domain_too = wildcard.starts_with('.');
    wildcard.remove_prefix(is_domain_too ? 1 : 2);
    return base::is_in_domain(host, wildcard) && (is_domain_too || host.size() > wildcard.size());
}

Server names_of(const ngx_http_core_srv_conf_t& conf) {
    Server server{.conf = &conf};
    const auto* names = static_cast<const ngx_http_server_name_t*>(conf.server_names.elts);
    for (ngx_uint_t i = 0; i < conf.server_names.nelts; i++) {
        if (is_expression(names[i]) || is_wildcard(view(names[i].name))) {
            server.has_patterns = true;
            if (!is_expression(names[i])) server.wildcards.emplace_back(view(names[i].name));
        } else if (names[i].name.len != 0) {
            server.names.emplace_back(view(names[i].name));
        }
    }
    return server;
}

HostAndPort split(std::string_view host) noexcept {
    const std::size_t colon = host.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos && colon + 1 < host.size();
    return has_port ? HostAndPort{host.substr(0, colon), host.substr(colon + 1)} : HostAndPort{host, {}};
}

// "127.0.0.1:80", "[::1]:80"; empty for a socket in the file system.
std::string local_address(const ngx_http_request_t* request) {
    ngx_connection_t* connection = request->connection;
    if (ngx_connection_local_sockaddr(connection, nullptr, 0) != NGX_OK) return {};
    if (connection->local_sockaddr->sa_family == AF_UNIX) return {};
    std::array<u_char, NGX_SOCKADDR_STRLEN> text{};
    const std::size_t size =
        ngx_sock_ntop(connection->local_sockaddr, connection->local_socklen, text.data(), text.size(), 1);
    return {reinterpret_cast<const char*>(text.data()), size};
}

bool is_own(const Server& server, const HostAndPort& host, const HostAndPort& local) noexcept {
    if (!host.port.empty() && host.port != local.port) return false;
    return equal_ignoring_case(host.name, local.name) ||
           std::ranges::any_of(server.names, [&](const auto& name) { return equal_ignoring_case(host.name, name); });
}

const Server* server_of(const ngx_http_request_t* request) {
    const auto* all = find<ServerNames>(ngx_cycle->pool, [](const ServerNames&) noexcept { return true; });
    if (all == nullptr) return nullptr;
    const void* conf = ngx_http_get_module_srv_conf(request, ngx_http_core_module);
    const auto server = std::ranges::find(all->servers, conf, &Server::conf);
    return server != all->servers.end() ? &*server : nullptr;
}

}  // namespace

void keep_server_names(ngx_conf_t* cf) {
    const auto* core =
        static_cast<const ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    auto* const* servers = static_cast<ngx_http_core_srv_conf_t* const*>(core->servers.elts);
    auto& kept = make<ServerNames>(cf->pool);
    for (ngx_uint_t i = 0; i < core->servers.nelts; i++)
        kept.servers.push_back(names_of(*servers[i]));
}

HostKind host_kind(const ngx_http_request_t* request) {
    const Server* server = server_of(request);
    if (server == nullptr) return HostKind::other;
    if (request->headers_in.host == nullptr) return HostKind::own;
    const std::string address = local_address(request);
    const HostAndPort local = split(address);
    // The one in the request line, which chose the server, may be another than the header.
    const bool is_one = is_own(*server, split(view(request->headers_in.host->value)), local) &&
                        is_own(*server, {view(request->headers_in.server), {}}, local);
    if (is_one) return HostKind::own;
    return server->has_patterns ? HostKind::of_pattern : HostKind::other;
}

bool is_server_name(const ngx_http_request_t* request, std::string_view host) noexcept {
    const Server* server = server_of(request);
    if (server == nullptr) return false;
    const auto is_host = [host](const std::string& name) { return equal_ignoring_case(name, host); };
    const auto matches = [host](const std::string& wildcard) { return matches_wildcard(wildcard, host); };
    return std::ranges::any_of(server->names, is_host) || std::ranges::any_of(server->wildcards, matches);
}

}  // namespace ngx
