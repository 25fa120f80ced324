#include "base/host_pattern.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"
#include "base/ip_address.h"
#include "base/public_address.h"

namespace base {
namespace {

constexpr std::size_t longest_host = 253;

// Names of no public network: RFC 6761 section 6.3, RFC 6762, RFC 8375, ICANN's for private use, and what systems call
// themselves.
constexpr std::string_view private_domains[] = {"localhost", "local", "home.arpa", "internal", "localdomain"};

// One without a dot is looked up in the domain of whoever asks.
bool is_private_name(std::string_view name) noexcept {
    return !name.contains('.') ||
           std::ranges::any_of(private_domains, [&](std::string_view domain) { return is_in_domain(name, domain); });
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
    host = without_last_dot(host);
    pattern = without_last_dot(pattern);
    if (!pattern.starts_with('.')) return equals_ignoring_case(host, pattern);
    pattern.remove_prefix(1);
    return host.size() > pattern.size() && is_in_domain(host, pattern);
}

bool is_behind_proxy(const HttpUrl& to, std::span<const std::string> direct) noexcept {
    return !to.is_loopback() &&
           std::ranges::none_of(direct, [&](const std::string& pattern) { return matches_host(pattern, to.host); });
}

bool is_private_by_name(const HttpUrl& url) noexcept {
    const std::string_view host = url.host;
    const bool is_ipv6 = host.starts_with('[');
    if (!is_ipv6 && !ends_in_number(host)) return is_private_name(without_last_dot(host));
    const std::string_view text = is_ipv6 ? host.substr(1, host.size() - 2) : host;
    std::array<char, INET6_ADDRSTRLEN> address{};
    std::array<unsigned char, 16> bytes{};
    if (text.size() >= address.size()) return true;
    std::ranges::copy(text, address.begin());
    if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address.data(), bytes.data()) != 1) return true;
    return !is_public_address(std::span(bytes).first(is_ipv6 ? 16 : 4));
}

bool may_be_rebound(std::string_view host) noexcept {
    host = without_last_dot(host);
    return host.contains('.') && !host.starts_with('[') && !is_usual_ipv4(host) && !is_in_domain(host, "localhost");
}

}  // namespace base
