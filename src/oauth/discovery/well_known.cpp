#include "oauth/discovery/well_known.h"

#include <new>

#include "base/http_url.h"

namespace oauth::discovery {

std::expected<std::vector<std::string>, Error> metadata_urls(std::string_view issuer) noexcept try {
    const auto url = base::HttpUrl::parse(issuer);
    if (!url || !url->query.empty()) return std::unexpected(Error::issuer_not_url);
    const std::string origin(url->origin);
    std::string path(url->path);
    if (path.ends_with('/')) path.pop_back();  // RFC 8414 section 3.1: before the well-known part goes in

    std::vector<std::string> urls{origin + "/.well-known/oauth-authorization-server" + path,
                                  origin + "/.well-known/openid-configuration" + path};
    if (!path.empty()) urls.push_back(origin + path + "/.well-known/openid-configuration");
    return urls;
} catch (const std::bad_alloc&) {
    return std::unexpected(Error::out_of_memory);
}

}  // namespace oauth::discovery
