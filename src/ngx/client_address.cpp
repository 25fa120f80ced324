#include "ngx/client_address.h"

#include <netinet/in.h>

namespace ngx {
namespace {

std::string bytes_of(const void* address, std::size_t size) {
    return {static_cast<const char*>(address), size};
}

}  // namespace

std::string client_network(const ngx_http_request_t* request) {
    const sockaddr* address = request->connection->sockaddr;
    if (address->sa_family == AF_INET)
        return bytes_of(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr, sizeof(in_addr));
    if (address->sa_family != AF_INET6) return {};
    const in6_addr& ip = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&ip)) return bytes_of(&ip.s6_addr[12], sizeof(in_addr));
    return bytes_of(&ip, 8);
}

}  // namespace ngx
