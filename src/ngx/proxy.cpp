#include "ngx/proxy.h"

#include "base/host_pattern.h"
#include "base/text.h"
#include "ngx/config.h"
#include "ngx/file.h"

namespace ngx {
namespace {

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
        if (!base::is_host_pattern(host))
            throw ConfigError(
                "invalid host " + in_quotes(host) +
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
    return base::is_behind_proxy(to, direct);
}

}  // namespace ngx
