#include "report/page/html.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace report::page {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::string code_point(char32_t character) {
    std::array<char, 8> digits{};
    const auto* end =
        std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(character), 16).ptr;
    std::string hex(digits.data(), static_cast<std::size_t>(end - digits.data()));
    std::ranges::transform(hex, hex.begin(),
                           [](char digit) { return digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit; });
    return "[U+" + std::string(hex.size() < 4 ? 4 - hex.size() : 0, '0') + hex + "]";
}

void append_character(std::string& out, char32_t character, std::string_view bytes) {
    switch (character) {
        case U'&':
            out += "&amp;";
            return;
        case U'<':
            out += "&lt;";
            return;
        case U'>':
            out += "&gt;";
            return;
        case U'"':
            out += "&quot;";
            return;
        case U'\'':
            out += "&#39;";
            return;
        case base::replacement_character:
            out += base::replacement_utf8;
            return;
        default:
            break;
    }
    if (base::is_invisible(character))
        out += code_point(character);
    else
        out += bytes;
}

// Off the front of `text`, up to `end`; that is taken off as well.
std::string_view take_until(std::string_view& text, std::string_view end) noexcept {
    const std::size_t found = std::min(text.find(end), text.size());
    const std::string_view taken = text.substr(0, found);
    text.remove_prefix(std::min(text.size(), found + end.size()));
    return taken;
}

// `shown(text, is_code)` makes each part of it.
template <class Shown>
std::string rendered(std::string_view markdown, Shown shown) {
    std::string out;
    while (!markdown.empty()) {
        const std::size_t special = std::min(markdown.find_first_of("`["), markdown.size());
        out += shown(markdown.substr(0, special), false);
        markdown.remove_prefix(special);
        if (markdown.starts_with('`')) {
            markdown.remove_prefix(1);
            out += shown(take_until(markdown, "`"), true);
        } else if (markdown.starts_with('[')) {
            markdown.remove_prefix(1);
            const std::string_view text = take_until(markdown, "](");
            const std::string_view target = take_until(markdown, ")");
            const std::string page = "docs/" + std::string(target.substr(0, target.find('#')));
            const bool is_name = page == "docs/" + std::string(text) + ".md";
            out += shown(is_name ? page : std::string(text) + " (" + page + ")", false);
        }
    }
    return out;
}

std::string two_digits(std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    while (!text.empty()) {
        const std::string_view before = text;
        const char32_t character = base::take_character(text);
        append_character(out, character, before.substr(0, before.size() - text.size()));
    }
    return out;
}

std::string prose(std::string_view markdown) {
    return rendered(markdown, [](std::string_view text, bool is_code) {
        return is_code ? "<code>" + escaped(text) + "</code>" : escaped(text);
    });
}

std::string plain(std::string_view markdown) {
    return rendered(markdown, [](std::string_view text, bool /*is_code*/) { return std::string(text); });
}

std::string number(std::uint64_t value) {
    std::string digits = std::to_string(value);
    for (std::size_t i = digits.size(); i > 3; i -= 3)
        digits.insert(i - 3, ",");
    return digits;
}

std::string rounded(double value, int digits) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
    return end.ec == std::errc() ? std::string(text.data(), end.ptr) : "0";
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0 || part == 0) return "0%";
    const double share = 100 * static_cast<double>(part) / static_cast<double>(whole);
    if (share < 0.1) return "under 0.1%";
    return rounded(share, share < 10 ? 1 : 0) + "%";
}

std::string latency(std::optional<double> seconds) {
    if (!seconds) return "–";
    if (*seconds < 0.01) return rounded(*seconds * 1000, 1) + " ms";
    if (*seconds < 1) return rounded(*seconds * 1000, 0) + " ms";
    return rounded(*seconds, *seconds < 10 ? 1 : 0) + " s";
}

std::string span_of_time(seconds time) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    const std::int64_t count = std::max<std::int64_t>(0, time.count());
    if (count < 2 * minute) return std::to_string(count) + " s";
    if (count < 2 * hour) return std::to_string(count / minute) + " min";
    if (count < 48 * hour) return std::to_string(count / hour) + " h";
    return std::to_string(count / (24 * hour)) + " days";
}

std::string time_of_day(std::chrono::milliseconds since_1970) {
    const std::int64_t of_day = floor<seconds>(since_1970).count() % 86400;
    return two_digits(of_day / 3600) + ":" + two_digits(of_day / 60 % 60);
}

std::string date_and_time(std::chrono::milliseconds since_1970) {
    using std::chrono::days;
    const std::chrono::year_month_day date{std::chrono::sys_days(floor<days>(since_1970))};
    return std::to_string(static_cast<int>(date.year())) + "-" + two_digits(static_cast<unsigned>(date.month())) + "-" +
           two_digits(static_cast<unsigned>(date.day())) + " " + time_of_day(since_1970) + ":" +
           two_digits(floor<seconds>(since_1970).count() % 60);
}

}  // namespace report::page
