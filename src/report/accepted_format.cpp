#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "report/exposition.h"

namespace report {
namespace {

constexpr std::string_view openmetrics = "application/openmetrics-text";
constexpr unsigned whole = 1000;  // a weight of 1 (RFC 9110 section 12.4.2), which has three decimals at most

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view space = " \t";
    const auto begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

// What stands before `separator`, without space; it and the separator are taken off.
std::string_view take_part(std::string_view& text, char separator) noexcept {
    const auto end = std::min(text.find(separator), text.size());
    const std::string_view part = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

// None for what is no weight: then the range does not count.
std::optional<unsigned> weight(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    unsigned value = text[0] == '1' ? whole : 0;
    unsigned place = whole / 10;
    for (const char digit : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (!base::is_digit(digit)) return std::nullopt;
        value += static_cast<unsigned>(digit - '0') * place;
        place /= 10;
    }
    return std::min(value, whole);
}

struct Range {
    std::string_view type;
    std::string_view version{};  // as it says, without quotes
    std::optional<unsigned> weight = whole;
};

Range read_range(std::string_view text) noexcept {
    Range range{.type = take_part(text, ';')};
    while (!text.empty()) {
        std::string_view value = take_part(text, ';');
        const std::string_view name = take_part(value, '=');
        if (base::equals_ignoring_case(name, "q")) range.weight = weight(trimmed(value));
        if (!base::equals_ignoring_case(name, "version")) continue;
        range.version = trimmed(value);
        if (range.version.size() >= 2 && range.version.starts_with('"') && range.version.ends_with('"'))
            range.version = range.version.substr(1, range.version.size() - 2);
    }
    return range;
}

// How well a range fits text/plain: the closest one counts (RFC 9110 section 12.5.1).
unsigned closeness_to_plain(const Range& range) noexcept {
    if (base::equals_ignoring_case(range.type, "text/plain"))
        return range.version == "0.0.4" ? 4 : range.version.empty() ? 3 : 0;
    if (base::equals_ignoring_case(range.type, "text/*")) return 2;
    return range.type == "*/*" ? 1 : 0;
}

}  // namespace

ExpositionFormat accepted_format(std::string_view accept) noexcept {
    unsigned closest = 0;
    unsigned of_plain = 0;
    unsigned of_openmetrics = 0;
    while (!accept.empty()) {
        const Range range = read_range(take_part(accept, ','));
        if (!range.weight) continue;
        if (const unsigned closeness = closeness_to_plain(range); closeness > closest) {
            closest = closeness;
            of_plain = *range.weight;
        }
        if (base::equals_ignoring_case(range.type, openmetrics) && (range.version.empty() || range.version == "1.0.0"))
            of_openmetrics = std::max(of_openmetrics, *range.weight);
    }
    return of_openmetrics > 0 && of_openmetrics >= of_plain ? ExpositionFormat::openmetrics
                                                            : ExpositionFormat::prometheus;
}

}  // namespace report
