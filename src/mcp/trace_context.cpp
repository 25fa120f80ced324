#include "mcp/trace_context.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "base/ascii.h"
#include "base/escape.h"

namespace mcp {
namespace {

constexpr int random_bits = 56;

// Lower case alone (section 3.2.2).
std::optional<unsigned> lower_hex_value(char c) noexcept {
    const auto value = base::hex_digits.find(c);
    return value == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(value));
}

bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) noexcept {
    if (text.size() != 2 * bytes.size()) return false;
    for (std::size_t i = 0; i < bytes.size(); i++) {
        const auto high = lower_hex_value(text[2 * i]);
        const auto low = lower_hex_value(text[2 * i + 1]);
        if (!high || !low) return false;
        bytes[i] = static_cast<std::uint8_t>(*high * 16 + *low);
    }
    return true;
}

bool is_zero(std::span<const std::uint8_t> bytes) noexcept {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

bool is_key_character(char c) noexcept {
    constexpr std::string_view also = "_-*/";
    return base::is_lower_or_digit(c) || also.contains(c);
}

// `simple-key`, `tenant-id` or `system-id`, of which level 2 lets each begin with a digit.
bool is_key_part(std::string_view text, std::size_t longest) noexcept {
    return !text.empty() && text.size() <= longest && base::is_lower_or_digit(text.front()) &&
           std::ranges::all_of(text, is_key_character);
}

bool is_key(std::string_view text) noexcept {
    constexpr std::size_t longest_key = 256, longest_tenant = 241, longest_system = 14;
    const auto at = text.find('@');
    if (at == std::string_view::npos) return is_key_part(text, longest_key);
    return is_key_part(text.substr(0, at), longest_tenant) && is_key_part(text.substr(at + 1), longest_system);
}

bool is_value(std::string_view text) noexcept {
    constexpr std::size_t longest_value = 256;
    return !text.empty() && text.size() <= longest_value && text.back() != ' ' &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

std::string_view without_spaces(std::string_view text) noexcept {
    constexpr std::string_view spaces = " \t";
    const auto begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) noexcept {
    constexpr std::size_t length = 55;  // of version 00
    if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    TraceContext context;
    std::array<std::uint8_t, 1> version{}, flags{};
    if (!read_hex(text.substr(0, 2), version) || !read_hex(trace_id_in(text), context.trace_id) ||
        !read_hex(span_id_in(text), context.span_id) || !read_hex(text.substr(53, 2), flags))
        return std::nullopt;
    if (version[0] == 0xff || is_zero(context.trace_id) || is_zero(context.span_id)) return std::nullopt;
    if (text.size() > length && (version[0] == 0 || text[length] != '-')) return std::nullopt;
    context.is_sampled = (flags[0] & 1U) != 0;
    return context;
}

std::string traceparent(const TraceContext& context) {
    std::string text = "00-";
    base::append_hex(text, context.trace_id);
    base::append_hex(text += '-', context.span_id);
    return text += context.is_sampled ? "-01" : "-00";
}

bool is_trace_state(std::string_view text) noexcept {
    constexpr std::size_t most_members = 32;
    if (text.empty() || text.size() > longest_trace_state) return false;
    std::array<std::string_view, most_members> keys;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string_view member = without_spaces(text.substr(begin, end - begin));
        begin = end + 1;
        if (member.empty()) continue;
        const auto equals = member.find('=');
        if (equals == std::string_view::npos || count == most_members) return false;
        const std::string_view key = member.substr(0, equals);
        if (!is_key(key) || !is_value(member.substr(equals + 1))) return false;
        const auto seen = std::span(keys).first(count);
        if (std::ranges::find(seen, key) != seen.end()) return false;
        keys[count++] = key;
    }
    return count != 0;
}

std::optional<TraceRatio> TraceRatio::parse(std::string_view text) noexcept {
    if (!std::ranges::all_of(text, [](char c) { return base::is_digit(c) || c == '.'; })) return std::nullopt;
    double ratio = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ratio);
    if (error != std::errc() || end != text.data() + text.size() || ratio > 1) return std::nullopt;
    const double first = std::round(std::ldexp(1 - ratio, random_bits));
    return TraceRatio(static_cast<std::uint64_t>(first));
}

bool TraceRatio::includes(const TraceId& id) const noexcept {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : std::span(id).last(random_bits / 8))
        number = number << 8U | byte;
    return number >= first_;
}

}  // namespace mcp
