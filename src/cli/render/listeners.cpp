#include <string>
#include <vector>

#include "cli/render/parts.h"

namespace cli {
namespace {

// Of a socket of a client, in the kernel: it would grow to megabytes for one that takes its answer slowly, and is part
// of what a container may have.
constexpr std::string_view socket_buffer = "256k";

constexpr unsigned own_http2_directive = 1025001;  // nginx 1.25.1: "listen ... http2" is deprecated from there on

bool is_first(const Gateway& gateway, const Server& server) {
    return &server == &gateway.servers.front();
}

void add_tls(Configuration& conf, const TlsFiles& files) {
    conf.line("ssl_certificate", {files.certificate_file});
    conf.line("ssl_certificate_key", {files.key_file});
    conf.line("ssl_protocols", {"TLSv1.2", "TLSv1.3"});
    conf.line("ssl_ciphers",
              {"ECDHE+AESGCM:ECDHE+CHACHA20"});  // of TLS 1.2: what HTTP/2 allows (RFC 9113 section 9.2.2)
    conf.line("ssl_prefer_server_ciphers", {"off"});
    conf.line("ssl_session_cache", {"shared:tls:1m"});
}

}  // namespace

std::vector<std::string> addresses_of(std::vector<std::string> addresses, std::uint16_t port, const Machine& machine) {
    const std::string number = std::to_string(port);
    for (std::string& address : addresses)
        address.append(":").append(number);
    if (!addresses.empty()) return addresses;
    addresses.push_back(number);
    if (machine.has_ipv6) addresses.push_back("[::]:" + number);
    return addresses;
}

// Options of a socket are said once, by the first server that has it.
void add_listeners(Configuration& conf, const Gateway& gateway, const Server& server, const Machine& machine) {
    const bool has_http2 = speaks_http2(gateway, machine);
    const bool has_directive = machine.nginx_version >= own_http2_directive;
    for (const std::string& address : addresses_of(gateway.listen_addresses, gateway.port, machine)) {
        std::vector<std::string> parameters = {address};
        if (gateway.tls) parameters.emplace_back("ssl");
        if (has_http2 && !has_directive) parameters.emplace_back("http2");
        if (is_first(gateway, server)) {
            parameters.push_back("sndbuf=" + std::string(socket_buffer));
            parameters.push_back("rcvbuf=" + std::string(socket_buffer));
        }
        conf.line("listen", parameters);
    }
    if (has_http2 && has_directive) conf.line("http2", {"on"});
    if (gateway.tls) add_tls(conf, *gateway.tls);
}

}  // namespace cli
