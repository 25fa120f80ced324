#include "base/http_url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "base/ip_address.h"

namespace base {
namespace {

// RFC 3986 section 2: unreserved, reserved and percent-encoded characters, but for "#".
bool is_uri_character(char c) noexcept {
    return is_unreserved(c) || std::string_view(":/?[]@!$&'()*+,;=%").contains(c);
}

std::optional<std::uint16_t> read_port(std::string_view text) noexcept {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.starts_with('0')) return std::nullopt;
    return number;
}

// An address in another spelling than the usual one is another host to whoever rewrites it.
bool is_host(std::string_view host) noexcept {
    if (host.starts_with('[')) {
        return host.size() > 2 && host.ends_with(']') && is_usual_ipv6(host.substr(1, host.size() - 2));
    }
    return !host.empty() && !host.contains("..") && (!ends_in_number(host) || is_usual_ipv4(host)) &&
           std::ranges::all_of(host, is_unreserved);
}

bool is_path(std::string_view text) noexcept {
    return text.starts_with('/') && !text.starts_with("//");
}

// Where the host ends in "host", "host:port" or "[address]:port".
std::size_t host_end(std::string_view authority) noexcept {
    const std::size_t from = authority.starts_with('[') ? authority.find(']') : 0;
    return from == std::string_view::npos ? std::string_view::npos : authority.find(':', from);
}

// Takes "." or "%2E" off the front.
bool take_dot(std::string_view& segment) noexcept {
    const bool is_encoded = equals_ignoring_case(segment.substr(0, 3), "%2e");
    if (!is_encoded && !segment.starts_with('.')) return false;
    segment.remove_prefix(is_encoded ? 3 : 1);
    return true;
}

bool is_dot_segment(std::string_view segment) noexcept {
    if (!take_dot(segment)) return false;
    take_dot(segment);
    return segment.empty();
}

// A parser may remove it, with the segment before.
bool has_dot_segment(std::string_view path) noexcept {
    for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/')) {
        if (is_dot_segment(path.substr(0, end))) return true;
        path.remove_prefix(end + 1);
    }
    return is_dot_segment(path);
}

// What stands between the scheme and the path. Empty: nothing is wrong.
std::string_view read_authority(std::string_view text, HttpUrl& url) noexcept {
    if (text.contains('@')) return "has user information before the host";
    const std::size_t colon = host_end(text);
    url.host = text.substr(0, colon);
    if (!is_host(url.host)) return "has no valid host";
    if (colon == std::string_view::npos) return {};
    const auto port = read_port(text.substr(colon + 1));
    if (!port) return "has no valid port (1 to 65535)";
    url.port = *port;
    return {};
}

}  // namespace

std::expected<HttpUrl, std::string_view> HttpUrl::parse(std::string_view text) noexcept {
    if (text.contains('#')) return std::unexpected("has a fragment");
    if (!std::ranges::all_of(text, is_uri_character)) return std::unexpected("has a character that no URI may have");
    const std::size_t scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return std::unexpected("is not absolute (https://host/path)");
    HttpUrl url = {};
    url.secure = text.substr(0, scheme_end) == "https";
    if (!url.secure && text.substr(0, scheme_end) != "http") return std::unexpected("is neither https nor http");
    url.port = default_port(url.secure);

    const std::size_t authority_at = scheme_end + 3;
    const std::size_t authority_end = std::min(text.find_first_of("/?", authority_at), text.size());
    const auto trouble = read_authority(text.substr(authority_at, authority_end - authority_at), url);
    if (!trouble.empty()) return std::unexpected(trouble);
    const std::size_t path_end = std::min(text.find('?', authority_end), text.size());
    url.origin = text.substr(0, authority_end);
    url.path = text.substr(authority_end, path_end - authority_end);
    url.query = text.substr(path_end);
    if (has_dot_segment(url.path)) return std::unexpected("has \".\" or \"..\" in its path");
    return url;
}

bool HttpUrl::same_host_as(const HttpUrl& other) const noexcept {
    return equals_ignoring_case(host, other.host);
}

bool HttpUrl::same_origin_as(const HttpUrl& other) const noexcept {
    return secure == other.secure && port == other.port && same_host_as(other);
}

bool HttpUrl::is_loopback() const noexcept {
    return is_in_domain(without_last_dot(host), "localhost") || host == "[::1]" || host.starts_with("[::ffff:127.") ||
           (host.starts_with("127.") && is_usual_ipv4(host));
}

std::string_view without_last_dot(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

bool is_in_domain(std::string_view name, std::string_view domain) noexcept {
    if (name.size() <= domain.size()) return equals_ignoring_case(name, domain);
    const std::size_t at = name.size() - domain.size();
    return name[at - 1] == '.' && equals_ignoring_case(name.substr(at), domain);
}

std::string printable_url(std::string_view text) {
    // In what is no URL nobody knows where a password ends but at the last "@". A path of ours has none.
    const std::size_t at = HttpUrl::parse(text) || is_path(text) ? std::string_view::npos : text.rfind('@');
    std::string shown;
    if (at != std::string_view::npos && at > 0) {
        const std::size_t scheme_end = text.find("://");
        if (scheme_end < at) shown = text.substr(0, scheme_end + 3);
        shown += "...";
        text.remove_prefix(at);
    }
    const std::size_t end = text.find_first_of("?#");
    shown += text.substr(0, end);
    if (end != std::string_view::npos) shown.append(text.substr(end, 1)).append("...");
    return shown;
}

}  // namespace base
