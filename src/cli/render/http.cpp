#include <algorithm>
#include <utility>
#include <vector>

#include "cli/render/parts.h"
#include "cli/settings/limits.h"

namespace cli {
namespace {

// The path as it came: $uri is the backend's where that has one. Queries may say what is nobody's business.
void add_log(Configuration& conf) {
    conf.open("map", {"$request_uri", "$mcp_path"});
    conf.line(nginx_parameter("~^(?<mcp_path_as_it_came>[^?]*)"), {"$mcp_path_as_it_came"});
    conf.close();
    conf.line("log_format", {"mcp",
                             "$remote_addr [$time_iso8601] $host \"$request_method $mcp_path\" $status $mcp_decision "
                             "$mcp_reason "
                             "$mcp_decision_id \"$mcp_subject\" \"$mcp_client_id\" \"$mcp_method\" \"$mcp_name\""});
    conf.line("access_log", {"/dev/stdout", "mcp"});
}

void add_outgoing_proxy(Configuration& conf, const OutgoingProxy& proxy) {
    std::vector<std::string> parameters = {proxy.url};
    if (!proxy.user.empty()) parameters.push_back("user=" + proxy.user);
    if (!proxy.password_file.empty()) parameters.push_back("password_file=" + proxy.password_file);
    std::string hosts;
    for (const std::string& host : proxy.no_proxy)
        hosts += (hosts.empty() ? "" : ",") + host;
    if (!hosts.empty()) parameters.push_back("no_proxy=" + hosts);
    conf.line("mcp_proxy", parameters);
}

void add_limits(Configuration& conf, const QuestionLimits& limits) {
    std::vector<std::string> parameters;
    for (const auto& [name, limit] :
         {std::pair("per_server", limits.per_server), std::pair("per_client", limits.per_client),
          std::pair("total", limits.total), std::pair("waiting", limits.waiting)})
        if (limit != 0) parameters.push_back(std::string(name) + '=' + std::to_string(limit));
    conf.line_if_said("mcp_authorization_server_limits", parameters);
}

// How authorization servers are asked.
void add_questions(Configuration& conf, const Gateway& gateway) {
    conf.line("mcp_zone", {"mcp", zone_size_of(gateway)});
    if (gateway.redis) add_redis(conf, *gateway.redis);
    conf.line_if_said("mcp_keys_max_age", gateway.keys_max_age);
    conf.line_if_said("mcp_ssl_trusted_certificate", gateway.ca_file);
    if (gateway.proxy) add_outgoing_proxy(conf, *gateway.proxy);
    add_limits(conf, gateway.limits);
}

// What a request may occupy, in memory: a container's /tmp is memory as well, so that nothing is written there. Who
// reads or takes slowly is waited for.
void add_bounds(Configuration& conf, const Gateway& gateway, const Machine& machine) {
    const std::string header_size =
        gateway.header_size.empty() ? std::to_string(default_header_size) : gateway.header_size;
    conf.line("large_client_header_buffers", {"2", header_size});
    if (speaks_http2(gateway, machine)) conf.line("http2_max_concurrent_streams", {std::to_string(http2_streams)});
    conf.line("client_max_body_size", {"16m"});
    conf.line("client_body_buffer_size", {"16k"});
    conf.line("client_header_timeout", {"10s"});
    // Of a client that takes nothing: one that takes 1 KB/s needs minutes for what the kernel holds for it.
    conf.line("send_timeout", {"10m"});
    conf.line("proxy_request_buffering", {"off"});
    conf.line("proxy_buffer_size", {"16k"});
    conf.line("proxy_buffers", {"4", "8k"});
    conf.line("proxy_busy_buffers_size", {"16k"});
    conf.line("proxy_max_temp_file_size", {"0"});
    conf.line("mcp_backend_rcvbuf", {"256k"});
    conf.line_if_said("mcp_max_anonymous_bodies", gateway.max_anonymous_bodies);
}

// What backends learn of the host: what the client has written, where nginx has chosen the server by just that. With a
// request line in absolute-form, or in HTTP/2, the Host header may say another one (RFC 9112 section 3.2.2).
void add_host(Configuration& conf) {
    conf.open("map", {"$host $http_host", "$mcp_host"});
    conf.line(nginx_parameter(R"(~*^([^ ]+) \1(:[0-9]+)?$)"), {"$http_host"});
    conf.line("default", {"$host"});
    conf.close();
}

// Whose word is taken for where a request comes from.
void add_trusted_proxies(Configuration& conf, const std::vector<std::string>& addresses) {
    if (addresses.empty()) return;
    for (const std::string& address : addresses)
        conf.line("set_real_ip_from", {address});
    conf.line("real_ip_header", {"X-Forwarded-For"});
    conf.line("real_ip_recursive", {"on"});
}

// nginx finds the server of a request in a hash, of whose buckets each holds a whole name: of 46 bytes where nobody
// says more.
void add_room_for_names(Configuration& conf, const Gateway& gateway) {
    constexpr std::size_t usual = 40;
    const auto is_long = [](const std::string& name) { return name.size() > usual; };
    if (std::ranges::any_of(gateway.servers,
                            [&](const Server& server) { return std::ranges::any_of(server.names, is_long); }))
        conf.line("server_names_hash_bucket_size", {"512"});
}

}  // namespace

void add_http(Configuration& conf, const Gateway& gateway, const Places& places, const Machine& machine) {
    add_log(conf);
    for (const std::string_view kind : temporary_files)
        conf.line(std::string(kind) + "_temp_path", {places.temporary + '/' + temporary_folder(kind)});
    conf.line("server_tokens", {"off"});
    add_room_for_names(conf, gateway);
    add_bounds(conf, gateway, machine);
    add_host(conf);
    add_problems(conf);
    add_trusted_proxies(conf, gateway.trusted_proxies);
    add_questions(conf, gateway);
    add_reports(conf, gateway);
    add_resolver(conf, gateway, machine);
}

}  // namespace cli
