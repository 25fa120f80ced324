#include "cli/names/system_names.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "cli/descriptor.h"

namespace cli {
namespace {

using List = std::unique_ptr<addrinfo, decltype([](addrinfo* list) { ::freeaddrinfo(list); })>;

dns::Address address_of(const addrinfo& entry) {
    dns::Address address;
    if (entry.ai_family == AF_INET) {
        sockaddr_in socket{};
        std::memcpy(&socket, entry.ai_addr, sizeof(socket));
        std::memcpy(address.bytes.data(), &socket.sin_addr, sizeof(socket.sin_addr));
    } else {
        sockaddr_in6 socket{};
        std::memcpy(&socket, entry.ai_addr, sizeof(socket));
        address.type = dns::Type::aaaa;
        std::memcpy(address.bytes.data(), &socket.sin6_addr, sizeof(socket.sin6_addr));
    }
    return address;
}

// Nothing is sent: the kernel only looks for a way.
bool has_route(const addrinfo& entry) {
    const Descriptor socket(::socket(entry.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return socket && ::connect(socket.get(), entry.ai_addr, entry.ai_addrlen) == 0;
}

dns::Outcome outcome_of(int error) {
    const bool is_unknown = error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY;
    return is_unknown ? dns::Outcome::no_such_name : dns::Outcome::server_failed;
}

}  // namespace

Found ask_system(const std::string& name) {
    addrinfo hints{};
    hints.ai_flags = AI_ADDRCONFIG;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int error = ::getaddrinfo(name.c_str(), "1", &hints, &first);
    const List list(first);
    Found found{.outcome = error == 0 ? dns::Outcome::found : outcome_of(error), .addresses = {}};
    Found unreachable{.outcome = found.outcome, .addresses = {}};
    for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
        std::vector<dns::Address>& kind = has_route(*entry) ? found.addresses : unreachable.addresses;
        const dns::Address address = address_of(*entry);
        if (std::ranges::find(kind, address) == kind.end()) kind.push_back(address);
    }
    return found.addresses.empty() ? unreachable : found;
}

}  // namespace cli
