#include "base/host_pattern.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "base/ascii.h"
#include "base/public_address.h"

namespace base {
namespace {

constexpr std::size_t longest_host = 253;

bool ends_with_ignoring_case(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size() && equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

}  // namespace

bool is_host_pattern(std::string_view text) noexcept {
    if (text.starts_with('.')) text.remove_prefix(1);
    if (text.empty() || text.front() == '.' || text.size() > longest_host) return false;
    constexpr std::string_view scheme = "http://";
    std::array<char, scheme.size() + longest_host> room;
    std::ranges::copy(text, std::ranges::copy(scheme, room.begin()).out);
    const std::string_view like_url(room.data(), scheme.size() + text.size());
    const auto url = HttpUrl::parse(like_url);
    return url && url->host == text;
}

bool matches_host(std::string_view pattern, std::string_view host) noexcept {
    return pattern.starts_with('.') ? ends_with_ignoring_case(host, pattern) : equals_ignoring_case(host, pattern);
}

bool is_private_by_name(const HttpUrl& url) noexcept {
    const std::string_view host = url.host;
    if (equals_ignoring_case(host, "localhost") || ends_with_ignoring_case(host, ".localhost")) return true;
    const bool is_ipv6 = host.starts_with('[');
    const std::string_view text = is_ipv6 ? host.substr(1, host.size() - 2) : host;
    std::array<char, INET6_ADDRSTRLEN> address{};
    std::array<unsigned char, 16> bytes{};
    if (text.size() >= address.size()) return false;
    std::ranges::copy(text, address.begin());
    if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address.data(), bytes.data()) != 1) return false;
    return !is_public_address(std::span(bytes).first(is_ipv6 ? 16 : 4));
}

}  // namespace base
