#include "cli/settings/syntax.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/http_url.h"

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
    const std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(std::min(colon + 1, text.size()));
    const bool good_port =
        bare || (!port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos);
    return good_port && is_host(host) && (host.starts_with('[') || is_address(AF_INET, host));
}

bool is_time(std::string_view text) noexcept {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view unit = text.substr(digits);
    return digits > 0 && digits < 8 && (unit.empty() || unit == "s" || unit == "m" || unit == "h" || unit == "d");
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
