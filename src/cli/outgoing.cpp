#include "cli/outgoing.h"

#include <string_view>

#include "base/http_url.h"
#include "cli/secret_file.h"

namespace cli {
namespace {

HttpProxy read_proxy(const OutgoingProxy& settings) {
    HttpProxy proxy;
    proxy.url = settings.url;
    // With its port, as libcurl takes another than the scheme's.
    if (const auto url = base::HttpUrl::parse(settings.url))
        proxy.url = "http://" + std::string(url->host) + ':' + std::to_string(url->port);
    proxy.user = settings.user;
    if (!settings.password_file.empty()) proxy.password = read_secret(settings.password_file, "proxy.password_file");
    for (const std::string_view host : settings.no_proxy)
        proxy.direct.emplace_back(host.starts_with("*.") ? host.substr(1) : host);
    return proxy;
}

}  // namespace

Outgoing Outgoing::of(const Gateway& gateway) {
    Outgoing outgoing{.ca_file = gateway.ca_file, .only_ca_file = true, .proxy = std::nullopt, .as_nginx = true};
    if (gateway.proxy) outgoing.proxy = read_proxy(*gateway.proxy);
    return outgoing;
}

void Outgoing::prepare(HttpRequest& request) const {
    request.ca_file = ca_file;
    request.only_ca_file = only_ca_file;
    request.as_nginx = as_nginx;
    request.proxy = proxy ? &*proxy : nullptr;
}

void Outgoing::trust_also(const std::string& file) {
    if (file.empty()) return;
    ca_file = file;
    only_ca_file = false;
}

}  // namespace cli
