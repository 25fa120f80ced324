#include "oauth/discovery/freshness.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

#include "base/ascii.h"

namespace oauth::discovery {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Takes the next directive off the front of a comma-separated list; a comma in a quoted string does not separate.
std::string_view take_directive(std::string_view& list) noexcept {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < list.size() && (quoted || list[end] != ','); end++) {
        if (list[end] == '"') quoted = !quoted;
        if (quoted && list[end] == '\\' && end + 1 < list.size()) end++;
    }
    const std::string_view directive = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    return directive;
}

// RFC 9111 section 1.2.2: delta-seconds too large to hold count as 2^31. Section 5.2: a recipient takes both forms,
// max-age=60 and max-age="60".
seconds parse_seconds(std::string_view text) noexcept {
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) text = text.substr(1, text.size() - 2);
    constexpr std::int64_t most = std::int64_t{1} << 31;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || text.starts_with('-')) return seconds(0);
    if (error == std::errc::result_out_of_range) return seconds(most);
    return error == std::errc() ? seconds(std::min(value, most)) : seconds(0);
}

// `part` of `whole`, evenly between nothing and all of it.
milliseconds random_part(milliseconds whole, std::uint32_t random) noexcept {
    return milliseconds(whole.count() * static_cast<std::int64_t>(random) / std::numeric_limits<std::uint32_t>::max());
}

}  // namespace

std::optional<seconds> max_age(std::string_view cache_control) noexcept {
    std::optional<seconds> smallest;
    while (!cache_control.empty()) {
        const std::string_view directive = take_directive(cache_control);
        const std::size_t equals = directive.find('=');
        const std::string_view name = directive.substr(0, equals);
        if (base::equals_ignoring_case(name, "no-store") || base::equals_ignoring_case(name, "no-cache"))
            return seconds(0);
        if (!base::equals_ignoring_case(name, "max-age")) continue;
        const seconds value =
            equals == std::string_view::npos ? seconds(0) : parse_seconds(directive.substr(equals + 1));
        smallest = std::min(smallest.value_or(value), value);
    }
    return smallest;
}

FreshnessBounds FreshnessBounds::capped_at(seconds time) const noexcept {
    return {std::min(shortest, time), std::min(longest, time), std::min(unstated, time), stale};
}

Freshness freshness(std::optional<seconds> max_age, const FreshnessBounds& bounds, std::uint32_t random) noexcept {
    const milliseconds fresh = std::clamp(max_age.value_or(bounds.unstated), bounds.shortest, bounds.longest);
    const milliseconds refresh = std::max<milliseconds>(fresh - random_part(fresh / 10, random), bounds.shortest);
    return {refresh, fresh + bounds.stale};
}

milliseconds retry_delay(unsigned failures, std::uint32_t random) noexcept {
    const milliseconds delay =
        std::min<milliseconds>(seconds(1U << std::min(failures - 1, 6U)), std::chrono::minutes(1));
    return delay - random_part(delay / 2, random);
}

}  // namespace oauth::discovery
