#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/ascii.h"

namespace base {
namespace {

bool is_octet(std::string_view text) noexcept {
    std::uint8_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && (text.size() == 1 || !text.starts_with('0'));
}

}  // namespace

bool ends_in_number(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1);
    const std::string_view label = host.substr(host.find_last_of('.') + 1);
    if (label.size() > 1 && equals_ignoring_case(label.substr(0, 2), "0x"))
        return std::ranges::all_of(label.substr(2), is_hex_digit);
    return !label.empty() && std::ranges::all_of(label, is_digit);
}

bool is_usual_ipv4(std::string_view host) noexcept {
    for (int i = 0; i < 3; i++) {
        const std::size_t dot = host.find('.');
        if (dot == std::string_view::npos || !is_octet(host.substr(0, dot))) return false;
        host.remove_prefix(dot + 1);
    }
    return is_octet(host);
}

bool is_usual_ipv6(std::string_view address) noexcept {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.size() >= text.size() || address.contains('\0')) return false;
    std::ranges::copy(address, text.begin());
    in6_addr bytes{};
    std::array<char, INET6_ADDRSTRLEN> usual{};
    return inet_pton(AF_INET6, text.data(), &bytes) == 1 &&
           inet_ntop(AF_INET6, &bytes, usual.data(), usual.size()) != nullptr && address == usual.data();
}

}  // namespace base
