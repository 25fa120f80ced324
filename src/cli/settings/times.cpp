#include "cli/settings/times.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace cli {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};
constexpr std::int64_t second = 1000;
constexpr std::int64_t hour = 3600 * second;
constexpr std::int64_t day = 24 * hour;
constexpr std::array<Unit, 8> units = {{{"y", 365 * day},
                                        {"M", 30 * day},
                                        {"w", 7 * day},
                                        {"d", day},
                                        {"h", hour},
                                        {"m", 60 * second},
                                        {"s", second},
                                        {"ms", 1}}};

// Digits off the front of the text; few enough that no sum of them is too large.
std::optional<std::int64_t> take_digits(std::string_view& text) {
    const std::size_t length = std::min(text.find_first_not_of("0123456789"), text.size());
    std::int64_t number = 0;
    if (length == 0 || length > 8) return std::nullopt;
    const std::string_view digits = text.substr(0, length);
    std::from_chars(digits.begin(), digits.end(), number);
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

// What stands before milliseconds.
std::string_view whole(std::string_view text) noexcept {
    if (!text.ends_with("ms")) return text;
    text.remove_suffix(2);
    return text.substr(0, text.find_last_not_of("0123456789") + 1);
}

}  // namespace

std::optional<std::int64_t> read_seconds(std::string_view text) {
    const auto milliseconds = read_time(text, 0, 7);
    return milliseconds ? std::optional(*milliseconds / second) : std::nullopt;
}

std::optional<std::int64_t> read_milliseconds(std::string_view text) {
    return read_time(text, 2, units.size());
}

bool is_time(std::string_view text) {
    return read_seconds(text).has_value();
}

bool is_fine_time(std::string_view text) {
    return read_time(text, 0, units.size()).has_value();
}

std::string whole_seconds(std::string_view text) {
    const std::string_view seconds = whole(text);
    return seconds.empty() ? "0s" : std::string(seconds);
}

}  // namespace cli
