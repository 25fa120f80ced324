#include "report/export_rules.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace report {
namespace {

// Those that the exporter, or HTTP, says itself.
constexpr std::array<std::string_view, 8> own_headers = {
    "content-type", "content-length", "content-encoding", "transfer-encoding", "host", "connection", "expect", "te"};

// RFC 9110 section 5.6.2
bool is_token(std::string_view name) noexcept {
    constexpr std::string_view also = "!#$%&'*+-.^_`|~";
    return !name.empty() &&
           std::ranges::all_of(name, [&](char c) { return base::is_letter_or_digit(c) || also.contains(c); });
}

bool is_header_line(std::string_view line) noexcept {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
    const std::string_view value = line.substr(colon + 1);
    return value.find_first_not_of(" \t") != std::string_view::npos &&
           std::ranges::all_of(value, [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); });
}

bool is_own_header(std::string_view line) noexcept {
    const std::string_view name = line.substr(0, line.find(':'));
    return std::ranges::any_of(own_headers,
                               [&](std::string_view own) { return base::equals_ignoring_case(name, own); });
}

}  // namespace

Delivery delivery(long status) noexcept {
    constexpr std::array<long, 4> retryable = {429, 502, 503, 504};
    if (status / 100 == 2) return Delivery::done;
    return std::ranges::find(retryable, status) != retryable.end() ? Delivery::again : Delivery::lost;
}

std::chrono::milliseconds retry_delay(unsigned failures, std::uint32_t random) noexcept {
    constexpr unsigned most_doublings = 5;
    const std::chrono::milliseconds delay = std::min<std::chrono::milliseconds>(
        std::chrono::seconds(1U << std::min(failures - 1, most_doublings)), longest_delay);
    return delay - std::chrono::milliseconds(random % (delay.count() / 2 + 1));
}

std::expected<std::vector<base::Secret>, std::string> read_header_lines(std::string_view text) {
    constexpr std::size_t most_lines = 32;
    std::vector<base::Secret> headers;
    for (std::size_t number = 1; !text.empty(); number++) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        const std::string which = "line " + std::to_string(number);
        if (!is_header_line(line)) return std::unexpected(which + " is not like \"Name: value\"");
        if (is_own_header(line)) return std::unexpected(which + " sets a header that the exporter sets itself");
        if (headers.size() == most_lines) return std::unexpected("it has more than 32 headers");
        headers.emplace_back(line);
    }
    return headers;
}

}  // namespace report
