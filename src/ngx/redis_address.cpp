#include "ngx/redis_address.h"

#include <array>
#include <cstring>

#include "ngx/config.h"
#include "ngx/string.h"

namespace ngx {
namespace {

constexpr in_port_t default_port = 6379;
constexpr std::string_view expected_form = ", it must be like \"redis.example.com:6379\" or \"unix:/run/redis.sock\"";

bool is_ip_address(const std::string& host) noexcept {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return host.starts_with('[') || inet_pton(AF_INET, host.c_str(), address.data()) == 1;
}

std::string why(const ngx_url_t& url) {
    return url.err != nullptr ? url.err : "invalid address";
}

ngx_url_t parse(ngx_conf_t* cf, std::string_view text, bool resolve) {
    ngx_url_t url{};
    url.url = copy(cf->pool, text);
    url.default_port = default_port;
    url.no_resolve = resolve ? 0 : 1;
    if (ngx_parse_url(cf->pool, &url) != NGX_OK && (!resolve || url.err == nullptr)) {
        throw ConfigError("invalid address " + in_quotes(text) + ": " + why(url) + std::string(expected_form));
    }
    return url;
}

}  // namespace

SocketAddress::SocketAddress(const sockaddr* from, socklen_t length) : size(length) {
    std::memcpy(&address, from, length);
    std::array<u_char, NGX_SOCKADDR_STRLEN> shown{};
    text.assign(reinterpret_cast<const char*>(shown.data()),
                ngx_sock_ntop(&address.sockaddr, size, shown.data(), shown.size(), 1));
}

RedisAddress RedisAddress::read(ngx_conf_t* cf, std::string_view text, bool may_be_found_later) {
    // What stands before "@" may be a password, which is not shown.
    if (text.contains('@') || text.contains("://"))
        throw ConfigError("invalid address" + std::string(expected_form) +
                          "; a name and a password are given in \"user=\" and \"password_file=\"");
    const ngx_url_t form = parse(cf, text, false);
    if (form.uri.len != 0) throw ConfigError("invalid address " + in_quotes(text) + std::string(expected_form));
    RedisAddress address{.text = std::string(text)};
    if (form.family != AF_UNIX) {
        if (form.no_port != 0) address.text += ':' + std::to_string(default_port);
        address.host = std::string(view(form.host));
        address.port = form.port;
        if (is_ip_address(address.host)) address.host.clear();
    }
    const ngx_url_t url = parse(cf, text, true);
    for (ngx_uint_t i = 0; i < url.naddrs; i++)
        address.found.emplace_back(url.addrs[i].sockaddr, url.addrs[i].socklen);
    if (address.found.empty() && (!may_be_found_later || address.host.empty()))
        throw ConfigError("the name in " + in_quotes(text) + " has no address: " + why(url) +
                          "; correct it, or let nginx look it up later with \"resolver\"");
    return address;
}

}  // namespace ngx
