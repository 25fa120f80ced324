#include "cli/settings/syntax.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/ascii.h"
#include "base/http_url.h"
#include "base/text.h"
#include "cli/settings/times.h"
#include "oauth/scope_table.h"

namespace cli {
namespace {

// The path of a socket: nginx takes a ":" in it for its end, and a "$" for a variable.
std::expected<Backend, std::string> parse_socket(std::string_view path) {
    const bool plain =
        std::ranges::all_of(path, [](char c) { return base::is_unreserved(c) || std::string_view("/+@").contains(c); });
    if (!path.starts_with('/') || path.ends_with('/') || !plain)
        return std::unexpected(
            "must name a socket by an absolute path of letters, digits and \"-._~+@\", like "
            "\"unix:/run/mcp.sock\"");
    Backend backend;
    backend.transport = Backend::Transport::unix_socket;
    backend.host = path;
    return backend;
}

// nginx reads parameters of up to 4096 bytes, their name and what is escaped included.
constexpr std::size_t max_value_bytes = 2048;

std::size_t bytes_in_nginx(std::string_view text) {
    return text.size() + static_cast<std::size_t>(std::ranges::count(text, '"') + std::ranges::count(text, '\\'));
}

}  // namespace

bool is_host_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
        return base::is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
    });
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
    const bool bare = text.starts_with('[') ? text.ends_with(']') : !text.contains(':');
    const std::size_t colon = bare ? text.size() : text.rfind(':');
    return is_host(text.substr(0, colon)) && (bare || parse_port(text.substr(colon + 1)));
}

bool is_resolver_option(std::string_view text) {
    static constexpr std::string_view valid = "valid=";
    return text == "ipv6=on" || text == "ipv6=off" || (text.starts_with(valid) && is_time(text.substr(valid.size())));
}

std::string name_in_resolver(std::string_view text) {
    const std::string_view host = text.substr(0, text.find(':'));
    return is_resolver_option(text) || text.starts_with('[') || is_address(AF_INET, host) ? "" : std::string(host);
}

// nginx asks one after the other, and looks up their own names one after the other when it starts.
std::string resolvers_problem(const std::vector<std::string>& resolvers) {
    constexpr std::ptrdiff_t most = 16;
    const auto count = std::ranges::count_if(resolvers, [](const auto& text) { return !is_resolver_option(text); });
    if (count == 0) return "names no address";
    if (count <= most) return {};
    return "names " + std::to_string(count) + " DNS servers; at most " + std::to_string(most) + " are possible";
}

std::string normalized_server_name(std::string_view text) {
    std::string name(base::without_last_dot(text));
    std::ranges::transform(name, name.begin(), base::to_lower);
    return name;
}

std::expected<std::string, std::string> server_name_of(const mcp::ResourceUri& uri) {
    const auto url = base::HttpUrl::parse(uri.text());
    if (!url || !is_host(url->host)) return std::unexpected("has a host that is not a server name");
    return normalized_server_name(url->host);
}

std::string unusable_problem(std::string_view text) {
    if (bytes_in_nginx(text) > max_value_bytes)
        return "is too long: at most " + std::to_string(max_value_bytes) + " bytes are possible";
    if (!base::is_utf8(text)) return "is not UTF-8";
    if (base::has_control_characters(text)) return "has a line break or another control character; remove it";
    return {};
}

std::string file_name_problem(std::string_view text) {
    if (text.empty()) return "names no file";
    if (base::is_meant_as_url(text)) return "is a URL";
    return text.contains('$') ? "has a \"$\", which nginx takes for a variable" : "";
}

bool is_server_name(std::string_view text) {
    if (text == "_") return true;
    if (text.starts_with("*.")) return is_host_name(text.substr(2));
    if (text.ends_with(".*")) return is_host_name(text.substr(0, text.size() - 2));
    return is_host(text.substr(text.starts_with('.') ? 1 : 0));
}

bool is_worker_count(std::string_view text) noexcept {
    unsigned count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return text == "auto" || (error == std::errc() && end == text.data() + text.size() && count >= 1 && count <= 1024);
}

bool is_resource_path(std::string_view text) noexcept {
    const bool plain = std::ranges::all_of(text, [](char c) { return base::is_unreserved(c) || c == '/'; });
    return text.starts_with('/') && plain && !text.contains("//") && !text.contains("/.");
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
    if (!is_host(url->host)) return std::unexpected("has a host that is neither a host name nor an IP address");
    Backend backend;
    backend.transport = url->secure ? Backend::Transport::https : Backend::Transport::http;
    backend.host = url->host;
    backend.port = url->port;
    backend.path = url->path;
    if (!backend.path.empty() && backend.path != "/" && !is_resource_path(backend.path))
        return std::unexpected("has a path with other characters than letters, digits and \"-._~\"");
    return backend;
}

bool is_this_gateway(const Backend& backend, std::uint16_t port) {
    if (backend.transport == Backend::Transport::unix_socket || backend.port != port) return false;
    const std::string text = "http://" + backend.host;
    const auto url = base::HttpUrl::parse(text);
    return url && url->is_loopback();
}

std::string too_many_scopes_problem(const std::vector<std::string>& scopes) {
    const std::set<std::string_view> different(scopes.begin(), scopes.end());
    if (different.size() <= oauth::ScopeSet::capacity) return {};
    return "names " + std::to_string(different.size()) + " different scopes; at most " +
           std::to_string(oauth::ScopeSet::capacity) + " are possible";
}

std::string_view normalized_location(std::string_view path) noexcept {
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
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
