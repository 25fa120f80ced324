#include "cli/settings/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/descriptor.h"
#include "cli/terminal.h"

namespace cli {
namespace {

// errno, when nginx could not listen there; 0: it can, or what fails is nginx's to tell. The kernel is asked: a
// capability permits a port, too, and security modules forbid it.
int trouble_at(int family, const sockaddr* address, socklen_t size) {
    const Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return 0;
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
    if (::bind(socket.get(), address, size) == 0) return 0;
    return errno == EACCES || errno == EADDRINUSE || errno == EADDRNOTAVAIL ? errno : 0;
}

int trouble_at(const std::string& address, std::uint16_t port) {
    sockaddr_in ipv4{};
    if (::inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        return trouble_at(AF_INET, reinterpret_cast<const sockaddr*>(&ipv4), sizeof(ipv4));
    }
    sockaddr_in6 ipv6{};
    if (!address.starts_with('[')) return 0;
    if (::inet_pton(AF_INET6, address.substr(1, address.size() - 2).c_str(), &ipv6.sin6_addr) != 1) return 0;
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    return trouble_at(AF_INET6, reinterpret_cast<const sockaddr*>(&ipv6), sizeof(ipv6));
}

// nginx waits as long for whoever is about to end.
int lasting_trouble_at(const std::string& address, std::uint16_t port) {
    constexpr int attempts = 5;
    int trouble = trouble_at(address, port);
    for (int attempt = 1; trouble == EADDRINUSE && attempt < attempts; attempt++) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        trouble = trouble_at(address, port);
    }
    return trouble;
}

std::string why_forbidden(std::uint16_t port) {
    std::ifstream setting("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    unsigned first = 0;
    if (!(setting >> first) || port >= first) return "the system does not permit it";
    return "here that takes root or NET_BIND_SERVICE below " + std::to_string(first) +
           " (net.ipv4.ip_unprivileged_port_start)";
}

// Where nginx is to listen, and what says so.
struct Listening {
    std::span<const std::string> addresses;  // empty: all
    std::uint16_t port;
    std::string_view port_setting;
    std::string_view address_setting;
};

std::string other_port(std::uint16_t port) {
    if (port == 443) return "8443";
    return port == 8080 ? "8081" : "8080";
}

std::string told_trouble(int trouble, const std::string& address, const Listening& place, const std::string& other) {
    const std::string number = std::to_string(place.port);
    const std::string remedy = "set " + std::string(place.port_setting) + other;
    if (trouble == EADDRNOTAVAIL)
        return std::string(place.address_setting) + " names " + shown(address) +
               ", which is not an address of this machine";
    if (trouble == EADDRINUSE)
        return "port " + number + " is in use by another program (" + address + "); end that one, or " + remedy;
    return "this user may not listen on port " + number + ": " + why_forbidden(place.port) + "; " + remedy +
           ", and publish that port: docker run -p " + number + ':' + other;
}

void find_trouble(const Listening& place, const std::string& other, Findings& findings, Listeners others) {
    std::vector<std::string> addresses(place.addresses.begin(), place.addresses.end());
    if (addresses.empty()) addresses = {"0.0.0.0", "[::]"};
    for (const std::string& address : addresses) {
        const bool must_be_free = others == Listeners::must_not_be_there;
        const int trouble = must_be_free ? lasting_trouble_at(address, place.port) : trouble_at(address, place.port);
        if (trouble == 0 || (trouble == EADDRINUSE && !must_be_free)) continue;
        if (trouble == EADDRNOTAVAIL && place.addresses.empty()) continue;  // a machine without IPv6
        findings.errors.push_back(told_trouble(trouble, address, place, other));
        return;  // of the others the same would be said
    }
}

}  // namespace

void find_port_trouble(const Gateway& gateway, Findings& findings, Listeners others) {
    find_trouble({.addresses = gateway.listen_addresses,
                  .port = gateway.port,
                  .port_setting = gateway.port_setting,
                  .address_setting = "listen.addresses"},
                 other_port(gateway.port), findings, others);
    if (!gateway.status) return;
    const StatusListener& status = *gateway.status;
    find_trouble({.addresses = status.addresses,
                  .port = status.port,
                  .port_setting = status.port_setting,
                  .address_setting = status.address_setting},
                 status.port == 9464 ? "9465" : "9464", findings, others);
}

}  // namespace cli
