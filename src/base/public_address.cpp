#include "base/public_address.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace base {
namespace {

struct Prefix {
    std::array<unsigned char, 16> bytes;
    unsigned bits;
};

bool starts_with(std::span<const unsigned char> address, const Prefix& prefix) noexcept {
    const unsigned whole = prefix.bits / 8;
    const unsigned rest = prefix.bits % 8;
    if (!std::equal(address.begin(), address.begin() + whole, prefix.bytes.begin())) return false;
    return rest == 0 || ((address[whole] ^ prefix.bytes[whole]) >> (8 - rest)) == 0;
}

// RFC 6890 and its registry, "Globally Reachable: False"; multicast (RFC 5771) and former class E.
constexpr Prefix non_public_ipv4[] = {
    {{0}, 8},             // this network
    {{10}, 8},            // private
    {{100, 64}, 10},      // shared address space
    {{127}, 8},           // loopback
    {{169, 254}, 16},     // link-local
    {{172, 16}, 12},      // private
    {{192, 0, 0}, 24},    // IETF protocol assignments
    {{192, 0, 2}, 24},    // documentation
    {{192, 88, 99}, 24},  // 6to4 relays, withdrawn
    {{192, 168}, 16},     // private
    {{198, 18}, 15},      // benchmarking
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 3},  // multicast, reserved, broadcast
};

constexpr Prefix global_unicast_ipv6 = {{0x20}, 3};
constexpr Prefix non_public_ipv6[] = {
    {{0x20, 0x01, 0x00}, 23},        // IETF protocol assignments, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00}, 20},        // documentation
};

// IPv6 addresses that a gateway or the kernel turns into the IPv4 address they hold.
struct Wrapper {
    Prefix prefix;
    std::size_t ipv4_at;
};
constexpr Wrapper wrappers[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12},  // IPv4-mapped
    {{{0, 0x64, 0xff, 0x9b}, 96}, 12},                       // NAT64 (RFC 6052)
    {{{0x20, 0x02}, 16}, 2},                                 // 6to4
};

bool is_public_ipv4(std::span<const unsigned char> address) noexcept {
    return std::ranges::none_of(non_public_ipv4, [&](const Prefix& p) { return starts_with(address, p); });
}

bool is_public_ipv6(std::span<const unsigned char> address) noexcept {
    for (const Wrapper& wrapper : wrappers)
        if (starts_with(address, wrapper.prefix)) return is_public_ipv4(address.subspan(wrapper.ipv4_at, 4));
    return starts_with(address, global_unicast_ipv6) &&
           std::ranges::none_of(non_public_ipv6, [&](const Prefix& p) { return starts_with(address, p); });
}

}  // namespace

bool is_public_address(std::span<const unsigned char> address) noexcept {
    if (address.size() == 4) return is_public_ipv4(address);
    return address.size() == 16 && is_public_ipv6(address);
}

bool is_public_address(const sockaddr& address) noexcept {
    if (address.sa_family == AF_INET) {
        const auto& ip = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
        return is_public_address({reinterpret_cast<const unsigned char*>(&ip), sizeof ip});
    }
    if (address.sa_family != AF_INET6) return false;
    const auto& ip = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return is_public_address({reinterpret_cast<const unsigned char*>(&ip), sizeof ip});
}

}  // namespace base
