#include "mcp/resource.h"

#include <algorithm>

#include "base/ascii.h"

namespace mcp {

namespace {

// The web's own, which have hosts that are normalized, and some whose pages have no origin like this.
bool is_scheme_of_others(std::string_view scheme) noexcept {
    static constexpr std::string_view excluded[] = {"http", "https", "ws", "wss", "ftp", "file"};
    return !scheme.empty() && !base::is_digit(scheme.front()) &&
           std::ranges::find(excluded, scheme) == std::end(excluded) && std::ranges::all_of(scheme, [](char c) {
               return base::is_lower_or_digit(c) || c == '+' || c == '-' || c == '.';
           });
}

// scheme://host[:port] of an extension or an application. Nobody normalizes such hosts.
bool is_origin_of_others(std::string_view value) noexcept {
    const std::size_t end = value.find("://");
    if (end == std::string_view::npos || !is_scheme_of_others(value.substr(0, end))) return false;
    const std::string_view host = value.substr(end + 3);
    return !host.empty() && host.front() != ':' &&
           std::ranges::all_of(host, [](char c) { return base::is_unreserved(c) || c == ':'; });
}

}  // namespace

std::optional<std::string> normalized_origin(std::string_view value) {
    if (value == "null" || is_origin_of_others(value)) return std::string(value);
    const auto uri = ResourceUri::parse(value);
    if (!uri || !uri->path().empty() || !uri->query().empty() || value.ends_with('/')) return std::nullopt;
    return std::string(uri->origin());
}

bool origin_allowed(const Resource& resource, std::string_view value) {
    const auto origin = normalized_origin(value);
    return origin && std::ranges::find(resource.allowed_origins, *origin) != resource.allowed_origins.end();
}

}  // namespace mcp
