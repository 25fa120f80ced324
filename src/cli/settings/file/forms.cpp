#include "cli/settings/file/forms.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>

#include "base/ascii.h"
#include "cli/settings/syntax.h"

namespace cli::file {
namespace {

bool is_letter(char c) noexcept {
    return base::to_lower(c) >= 'a' && base::to_lower(c) <= 'z';
}

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};
constexpr std::int64_t second = 1000;
constexpr std::int64_t day = 24 * 3600 * second;
constexpr std::array<Unit, 8> units = {{{"y", 365 * day},
                                        {"M", 30 * day},
                                        {"w", 7 * day},
                                        {"d", day},
                                        {"h", 3600 * second},
                                        {"m", 60 * second},
                                        {"s", second},
                                        {"ms", 1}}};

// Digits off the front of the text; few enough that no sum of them is too large.
std::optional<std::int64_t> take_digits(std::string_view& text) {
    const std::size_t length = std::min(text.find_first_not_of("0123456789"), text.size());
    std::int64_t number = 0;
    if (length == 0 || length > 9) return std::nullopt;
    std::from_chars(text.data(), text.data() + length, number);
    text.remove_prefix(length);
    return number;
}

// Of the units from `next` on, each once. A number alone is seconds, and last.
std::optional<std::int64_t> read_time(std::string_view text, std::size_t next, std::size_t end) {
    std::int64_t total = 0;
    while (!text.empty()) {
        const auto number = take_digits(text);
        if (!number) return std::nullopt;
        if (text.empty()) return next <= 6 ? std::optional(total + *number * second) : std::nullopt;
        const std::size_t length = text.starts_with("ms") ? 2 : 1;
        while (next < end && units[next].name != text.substr(0, length))
            next++;
        if (next == end) return std::nullopt;
        total += *number * units[next++].milliseconds;
        text.remove_prefix(length);
        if (text.empty()) return total;
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) return std::nullopt;
    }
    return std::nullopt;
}

char cgi_character(char c) noexcept {
    return is_letter(c) || base::is_digit(c) ? base::to_lower(c) : '_';
}

bool same_cgi_name(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, cgi_character, cgi_character);
}

// What nginx keeps in places of its own, what frames and routes a request, what was judged, and what some backends
// take for the method or the path.
constexpr std::string_view headers_with_meaning[] = {
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "Date",
    "Depth",
    "Destination",
    "Expect",
    "Forwarded",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Last-Event-ID",
    "MCP-Protocol-Version",
    "Mcp-Method",
    "Mcp-Name",
    "Mcp-Session-Id",
    "Origin",
    "Overwrite",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Range",
    "Referer",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Via",
    "X-Forwarded-For",
    "X-HTTP-Method",
    "X-HTTP-Method-Override",
    "X-Method-Override",
    "X-Original-URL",
    "X-Real-IP",
    "X-Rewrite-URL",
};

}  // namespace

std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::int64_t> read_seconds(std::string_view text) {
    const auto milliseconds = read_time(text, 0, 7);
    return milliseconds ? std::optional(*milliseconds / second) : std::nullopt;
}

std::optional<std::int64_t> read_milliseconds(std::string_view text) {
    return read_time(text, 2, units.size());
}

std::optional<std::uint64_t> read_size(std::string_view text) {
    std::uint64_t unit = 1;
    if (text.ends_with('k') || text.ends_with('K')) unit = 1024;
    if (text.ends_with('m') || text.ends_with('M')) unit = std::uint64_t{1024} * 1024;
    if (unit > 1) text.remove_suffix(1);
    const auto number = read_number(text);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return *number * unit;
}

bool is_host_and_port(std::string_view text) {
    const bool bare = text.starts_with('[') ? text.ends_with(']') : !text.contains(':');
    if (bare) return is_host(text);
    const std::size_t colon = text.rfind(':');
    const auto port = read_number(text.substr(colon + 1));
    return port && *port >= 1 && *port <= 65535 && is_host(text.substr(0, colon));
}

bool is_listen_address(std::string_view text) {
    return text.starts_with('[') ? is_host(text) : is_address(AF_INET, text);
}

bool is_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const bool is_ipv6 = is_address(AF_INET6, address);
    if (!is_ipv6 && !is_address(AF_INET, address)) return false;
    if (slash == std::string_view::npos) return true;
    const auto length = read_number(text.substr(slash + 1));
    return length && *length <= (is_ipv6 ? 128U : 32U);
}

bool is_language_tag(std::string_view tag) noexcept {
    if (tag.size() < 2 || !is_letter(tag[0]) || !is_letter(tag[1])) return false;
    if (tag.ends_with('-') || tag.contains("--")) return false;
    std::size_t length = 0;
    return std::ranges::all_of(tag, [&](char c) {
        length = c == '-' ? 0 : length + 1;
        return length <= 8 && (c == '-' || is_letter(c) || base::is_digit(c));
    });
}

bool is_header_name(std::string_view text) noexcept {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return is_letter(c) || base::is_digit(c) || c == '-' || c == '_'; });
}

bool has_own_meaning(std::string_view header) noexcept {
    return std::ranges::any_of(headers_with_meaning,
                               [&](std::string_view known) { return same_cgi_name(header, known); });
}

}  // namespace cli::file
