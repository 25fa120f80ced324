#include "ngx/proxy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"
#include "base/public_address.h"
#include "base/text.h"
#include "ngx/config.h"
#include "ngx/file.h"

namespace ngx {
namespace {

bool ends_with_ignoring_case(std::string_view text, std::string_view end) noexcept {
    return text.size() >= end.size() && base::equals_ignoring_case(text.substr(text.size() - end.size()), end);
}

bool is_meant_by(std::string_view pattern, std::string_view host) noexcept {
    return pattern.starts_with('.') ? ends_with_ignoring_case(host, pattern)
                                    : base::equals_ignoring_case(host, pattern);
}

// Of an http URL with nothing behind its port, which is written out: libcurl takes another than the scheme's.
std::string read_url(std::string_view text) {
    const auto url = base::HttpUrl::parse(text);
    const bool is_origin = url && !url->secure && url->query.empty() && (url->path.empty() || url->path == "/");
    if (!is_origin)
        throw ConfigError("invalid proxy " + url_in_quotes(text) +
                          ", it must be like \"http://proxy.example.com:3128\"; a name and a password are given in "
                          "\"user=\" and \"password_file=\"");
    return "http://" + std::string(url->host) + ':' + std::to_string(url->port);
}

std::vector<std::string> read_hosts(std::string_view list) {
    std::vector<std::string> hosts;
    for (;;) {
        std::string_view host = list.substr(0, list.find(','));
        list.remove_prefix(host.size());
        if (host.starts_with("*.")) host.remove_prefix(1);
        const std::string like_url = "http://" + std::string(host.starts_with('.') ? host.substr(1) : host);
        const auto url = base::HttpUrl::parse(like_url);
        if (!url || url->origin != like_url || url->host != url->origin.substr(7))
            throw ConfigError("invalid host " + in_quotes(host) +
                              " in \"no_proxy=\", it must be a name or an IP address (IPv6 in brackets), or \".\" and a "
                              "name for all below that");
        hosts.emplace_back(host);
        if (list.empty()) return hosts;
        list.remove_prefix(1);
    }
}

}  // namespace

Proxy Proxy::read(const Arguments& arguments) {
    Proxy proxy{.url = read_url(arguments[0])};
    for (std::size_t i = 1; i < arguments.size(); i++) {
        const std::string_view argument = arguments[i];
        if (const auto user = parameter(argument, "user="); user && !user->empty()) {
            // RFC 7617 section 2: a colon would end it.
            if (user->contains(':') || base::has_control_characters(*user))
                throw ConfigError("invalid \"user=\", it must have no colon and no control character");
            proxy.user = *user;
        } else if (const auto file = parameter(argument, "password_file=")) {
            proxy.password = read_secret_file(arguments, *file);
        } else if (const auto hosts = parameter(argument, "no_proxy=")) {
            proxy.direct = read_hosts(*hosts);
        } else {
            const std::string shown = argument.contains('=') ? argument_in_quotes(argument) : "without \"=\"";
            throw ConfigError("invalid parameter " + shown +
                              ", it must be \"user=\", \"password_file=\" or \"no_proxy=\" and a value");
        }
    }
    if (proxy.user.empty() != proxy.password.empty())
        throw ConfigError("\"user=\" and \"password_file=\" need each other");
    return proxy;
}

bool Proxy::leads_to(const base::HttpUrl& to) const noexcept {
    return !to.is_loopback() &&
           std::ranges::none_of(direct, [&](const std::string& pattern) { return is_meant_by(pattern, to.host); });
}

bool is_private_by_name(const base::HttpUrl& url) noexcept {
    const std::string_view host = url.host;
    if (base::equals_ignoring_case(host, "localhost") || ends_with_ignoring_case(host, ".localhost")) return true;
    const bool is_ipv6 = host.starts_with('[');
    const std::string_view text = is_ipv6 ? host.substr(1, host.size() - 2) : host;
    std::array<char, INET6_ADDRSTRLEN> address{};
    std::array<unsigned char, 16> bytes{};
    if (text.size() >= address.size()) return false;
    std::ranges::copy(text, address.begin());
    if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address.data(), bytes.data()) != 1) return false;
    return !base::is_public_address(std::span(bytes).first(is_ipv6 ? 16 : 4));
}

}  // namespace ngx
