#include "mcp/resource_uri.h"

#include <algorithm>

#include "base/http_url.h"
#include "base/ip_address.h"

namespace mcp {
namespace {

std::string lower_case(std::string_view text) {
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return lowered;
}

// Only what RFC 3986 allows in a URI. Quotes, spaces, control characters and bytes above 0x7E would need encoding
// wherever the URI is written, and none belongs in an identifier.
bool has_foreign_character(std::string_view text) noexcept {
    return std::ranges::any_of(text, [](char c) {
        return c <= ' ' || c >= 0x7F || std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos;
    });
}

// An address in another spelling than the usual one is another host to whoever rewrites it.
bool is_host(std::string_view host) noexcept {
    if (host.starts_with('['))
        return host.size() > 2 && host.ends_with(']') && base::is_usual_ipv6(host.substr(1, host.size() - 2));
    return !host.empty() &&
           host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._~") == std::string_view::npos &&
           (!base::ends_in_number(host) || base::is_usual_ipv4(host));
}

bool is_port(std::string_view port) noexcept {
    if (port.empty() || port.size() > 5 || port.starts_with('0') ||
        port.find_first_not_of("0123456789") != std::string_view::npos)
        return false;
    unsigned value = 0;
    for (char c : port)
        value = value * 10 + static_cast<unsigned>(c - '0');
    return value <= 65535;
}

struct Authority {
    std::string host;
    std::string port;  // with its ":", or empty
};

std::expected<Authority, std::string> read_authority(std::string_view text, std::string_view scheme) {
    if (text.contains('@')) return std::unexpected("has user information before the host");
    const std::string lowered = lower_case(text);
    const std::size_t bracket = lowered.find(']');
    const std::size_t colon = lowered.find(':', bracket == std::string::npos ? 0 : bracket);
    Authority authority{.host = lowered.substr(0, colon), .port = ""};
    if (!is_host(authority.host)) return std::unexpected("has no valid host");
    if (colon == std::string::npos) return authority;
    const std::string port = lowered.substr(colon + 1);
    if (!is_port(port)) return std::unexpected("has no valid port (1 to 65535)");
    const bool is_default = port == (scheme == "https" ? "443" : "80");
    if (!is_default) authority.port = ":" + port;
    return authority;
}

}  // namespace

std::expected<ResourceUri, std::string> ResourceUri::parse(std::string_view text) {
    if (has_foreign_character(text)) return std::unexpected("has a character that no URI may have");
    if (text.contains('#')) return std::unexpected("has a fragment");
    const std::size_t separator = text.find("://");
    if (separator == std::string_view::npos) return std::unexpected("is not absolute (https://host/path)");
    const std::string scheme = lower_case(text.substr(0, separator));
    if (scheme != "https" && scheme != "http") return std::unexpected("is neither https nor http");

    std::string_view rest = text.substr(separator + 3);
    const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority = read_authority(rest.substr(0, authority_end), scheme);
    if (!authority) return std::unexpected(authority.error());
    rest.remove_prefix(authority_end);
    const std::size_t path_size = std::min(rest.find('?'), rest.size());
    std::string_view path = rest.substr(0, path_size);
    const std::string_view query = rest.substr(path_size);
    if (path == "/" && query.empty()) path = {};  // "no trailing slash unless meaningful"
    if (base::has_dot_segment(path)) return std::unexpected("has \".\" or \"..\" in its path");

    ResourceUri uri;
    uri.text_ = scheme + "://" + authority->host + authority->port;
    uri.scheme_end_ = scheme.size();
    uri.origin_end_ = uri.text_.size();
    uri.text_.append(path);
    uri.path_end_ = uri.text_.size();
    uri.text_.append(query);
    return uri;
}

std::string_view ResourceUri::host() const noexcept {
    std::string_view authority = origin().substr(scheme_end_ + 3);
    const std::size_t bracket = authority.find(']');
    return authority.substr(0, authority.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

bool ResourceUri::is_loopback() const noexcept {
    const std::string_view name = host();
    if (name == "localhost" || name == "[::1]") return true;
    return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string ResourceUri::well_known_path() const {
    std::string path(well_known_prefix);
    path.append(this->path());
    path.append(query());
    return path;
}

}  // namespace mcp
