#include "mcp/resource_uri.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/http_url.h"

namespace mcp {
namespace {

// Scheme and host in lower case: what has to be the same text for HttpUrl, and means the same in any case.
std::string with_lower_case_origin(std::string_view text) {
    std::string lowered(text);
    const std::size_t separator = text.find("://");
    if (separator == std::string_view::npos) return lowered;
    const std::size_t end = std::min(text.find_first_of("/?#", separator + 3), text.size());
    std::transform(lowered.begin(), lowered.begin() + static_cast<std::ptrdiff_t>(end), lowered.begin(),
                   base::to_lower);
    return lowered;
}

}  // namespace

std::expected<ResourceUri, std::string> ResourceUri::parse(std::string_view text) {
    const std::string lowered = with_lower_case_origin(text);
    const auto url = base::HttpUrl::parse(lowered);
    if (!url) return std::unexpected(std::string(url.error()));

    ResourceUri uri;
    uri.is_secure_ = url->secure;
    uri.is_loopback_ = url->is_loopback();
    uri.text_ = url->secure ? "https://" : "http://";
    uri.text_ += url->host;
    if (url->port != base::default_port(url->secure)) uri.text_ += ":" + std::to_string(url->port);
    uri.origin_end_ = uri.text_.size();
    const bool is_root = url->path == "/" && url->query.empty();
    if (!is_root) uri.text_ += url->path;  // "no trailing slash unless meaningful"
    uri.path_end_ = uri.text_.size();
    uri.text_ += url->query;
    return uri;
}

std::string ResourceUri::well_known_path() const {
    std::string path(well_known_prefix);
    path.append(this->path());
    path.append(query());
    return path;
}

}  // namespace mcp
