#include "cli/settings/file/forms.h"

#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "base/ascii.h"
#include "cli/settings/syntax.h"
#include "mcp/reserved_headers.h"

namespace cli::file {
namespace {

// What we tell the backend of the client's request ourselves.
constexpr std::string_view forwarded[] = {"X-Forwarded-Host", "X-Forwarded-Proto"};

}  // namespace

std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
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

bool is_header_name(std::string_view text) noexcept {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return base::is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool has_own_meaning(std::string_view header) noexcept {
    return mcp::has_own_meaning(header) ||
           std::ranges::any_of(forwarded, [&](std::string_view known) { return base::same_cgi_name(header, known); });
}

}  // namespace cli::file
