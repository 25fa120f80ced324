#include "cli/settings/syntax.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/http_url.h"
#include "oauth/scope.h"

namespace cli {
namespace {

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The path of a socket: nginx takes a ":" in it for its end, and a "$" for a variable.
std::expected<Backend, std::string> parse_socket(std::string_view path) {
    const bool plain = std::ranges::all_of(path, [](char c) {
        return is_letter_or_digit(c) || std::string_view("/-._~+@").find(c) != std::string_view::npos;
    });
    if (!path.starts_with('/') || path.ends_with('/') || !plain)
        return std::unexpected(
            "must name a socket by an absolute path of letters, digits and \"-._~+@\", like "
            "\"unix:/run/mcp.sock\"");
    Backend backend;
    backend.transport = Backend::Transport::unix_socket;
    backend.host = path;
    return backend;
}

// The longest first. What comes without one is seconds, and the last.
constexpr std::array<std::string_view, 9> units = {"y", "M", "w", "d", "h", "m", "s", "", "ms"};

struct TimePart {
    std::size_t unit;
    std::size_t size;
};

std::optional<TimePart> first_part(std::string_view text) noexcept {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::size_t end = std::min(text.find_first_of("0123456789", digits), text.size());
    const auto found = std::ranges::find(units, text.substr(digits, end - digits));
    if (digits == 0 || digits > 7 || found == units.end() || (found->empty() && end != text.size()))
        return std::nullopt;
    return TimePart{.unit = static_cast<std::size_t>(found - units.begin()), .size = end};
}

// What stands before milliseconds.
std::string_view whole(std::string_view text) noexcept {
    if (!text.ends_with("ms")) return text;
    text.remove_suffix(2);
    return text.substr(0, text.find_last_not_of("0123456789") + 1);
}

}  // namespace

bool is_host_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 253 &&
           std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_address(int family, std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(family, std::string(text).c_str(), address.data()) == 1;
}

bool is_host(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']') && text.size() > 2)
        return is_address(AF_INET6, text.substr(1, text.size() - 2));
    return is_host_name(text);
}

bool is_resolver(std::string_view text) {
    const bool bare = text.starts_with('[') ? text.ends_with(']') : text.find(':') == std::string_view::npos;
    const std::size_t colon = bare ? text.size() : text.rfind(':');
    return is_host(text.substr(0, colon)) && (bare || parse_port(text.substr(colon + 1)));
}

bool is_server_name(std::string_view text) {
    if (text == "_") return true;
    if (text.starts_with("*.")) return is_host_name(text.substr(2));
    if (text.ends_with(".*")) return is_host_name(text.substr(0, text.size() - 2));
    return is_host(text.substr(text.starts_with('.') ? 1 : 0));
}

bool is_time(std::string_view text) noexcept {
    return is_fine_time(text) && whole(text).size() == text.size();
}

bool is_fine_time(std::string_view text) noexcept {
    if (text.empty()) return false;
    std::size_t next = 0;
    while (!text.empty()) {
        const auto part = first_part(text);
        if (!part || part->unit < next) return false;
        next = part->unit + 1;
        text.remove_prefix(part->size);
    }
    return true;
}

std::string whole_seconds(std::string_view text) {
    const std::string_view seconds = whole(text);
    return seconds.empty() ? "0s" : std::string(seconds);
}

bool is_worker_count(std::string_view text) noexcept {
    unsigned count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return text == "auto" || (error == std::errc() && end == text.data() + text.size() && count >= 1 && count <= 1024);
}

bool is_resource_path(std::string_view text) noexcept {
    const bool plain = std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) || std::string_view("/-._~").find(c) != std::string_view::npos;
    });
    return text.starts_with('/') && plain && text.find("//") == std::string_view::npos &&
           text.find("/.") == std::string_view::npos;
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

std::expected<Backend, std::string> parse_backend_url(std::string_view text) {
    static constexpr std::string_view socket = "unix:";
    if (text.starts_with(socket)) return parse_socket(text.substr(socket.size()));
    const auto url = base::HttpUrl::parse(text);
    if (!url) return std::unexpected(std::string(url.error()));
    if (!url->query.empty()) return std::unexpected("has a query, which cannot be passed on");
    if (!is_host(url->host)) return std::unexpected("has a host that is no host name and no IP address");
    Backend backend;
    backend.transport = url->secure ? Backend::Transport::https : Backend::Transport::http;
    backend.host = url->host;
    backend.port = url->port;
    backend.path = url->path;
    if (!backend.path.empty() && backend.path != "/" && !is_resource_path(backend.path))
        return std::unexpected("has a path that is not of letters, digits and \"-._~\" alone");
    return backend;
}

bool is_this_gateway(const Backend& backend, std::uint16_t port) {
    if (backend.transport == Backend::Transport::unix_socket || backend.port != port) return false;
    const std::string text = "http://" + backend.host;
    const auto url = base::HttpUrl::parse(text);
    return url && url->is_loopback();
}

std::string why_not_required(std::string_view scope) {
    if (!oauth::is_scope_token(scope))
        return "is no scope: RFC 6749 section 3.3 allows no quote, backslash or space in it";
    if (scope.contains(',')) return "has a comma in it: scopes are separated by spaces here";
    if (scope.contains('=')) return "has a \"=\" in it: scopes of single operations cannot be said here";
    return {};
}

bool is_path_of_probe(std::string_view path) noexcept {
    return path == "/healthz" || path == "/readyz";
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        part = part.substr(0, part.find_last_not_of(' ') + 1);
        if (!part.empty()) parts.push_back(part);
    }
    return parts;
}

}  // namespace cli
