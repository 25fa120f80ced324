#include "cli/settings/ports.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "cli/descriptor.h"

namespace cli {
namespace {

// Asked of the kernel: a capability permits it, too, and security modules forbid it. Whatever else fails is nginx's to
// tell.
bool is_forbidden(std::uint16_t port) {
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return false;
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 && errno == EACCES;
}

std::string reason(std::uint16_t port) {
    std::ifstream setting("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    unsigned first = 0;
    if (!(setting >> first) || port >= first) return "the system does not permit it";
    return "here that takes root or NET_BIND_SERVICE below " + std::to_string(first) +
           " (net.ipv4.ip_unprivileged_port_start)";
}

}  // namespace

void find_forbidden_port(std::uint16_t port, Findings& findings) {
    if (!is_forbidden(port)) return;
    const std::string number = std::to_string(port);
    const std::string other = port == 443 ? "8443" : "8080";
    findings.errors.push_back("this user may not listen on port " + number + ": " + reason(port) +
                              "; set MCP_LISTEN_PORT=" + other + " (or --port " + other +
                              ", or listen.port in the file), and publish that port: docker run -p " + number + ':' +
                              other);
}

}  // namespace cli
