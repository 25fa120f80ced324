#include "mcp/rate_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/ascii.h"

namespace mcp {
namespace {

constexpr std::array<std::pair<std::string_view, std::chrono::microseconds>, 3> units{
    {{"r/s", std::chrono::seconds(1)}, {"r/m", std::chrono::minutes(1)}, {"r/h", std::chrono::hours(1)}}};

constexpr std::array<std::pair<std::string_view, LimitAlgorithm>, 4> algorithms{
    {{"gcra", LimitAlgorithm::gcra},
     {"fixed_window", LimitAlgorithm::fixed_window},
     {"token_bucket", LimitAlgorithm::token_bucket},
     {"sliding_window", LimitAlgorithm::sliding_window}}};

// Digits, of which the first is 0 only when it is the only one.
std::optional<std::uint32_t> number_up_to(std::uint32_t most, std::string_view digits) noexcept {
    if (digits.empty() || !std::ranges::all_of(digits, base::is_digit)) return std::nullopt;
    if (digits.front() == '0' && digits.size() > 1) return std::nullopt;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || number > most) return std::nullopt;
    return number;
}

}  // namespace

std::optional<Rate> read_rate(std::string_view text) noexcept {
    for (const auto& [unit, period] : units) {
        if (!text.ends_with(unit)) continue;
        const auto requests = number_up_to(Rate::most, text.substr(0, text.size() - unit.size()));
        if (!requests || *requests == 0) return std::nullopt;
        return Rate{.requests = *requests, .period = period};
    }
    return std::nullopt;
}

std::optional<std::uint32_t> read_burst(std::string_view text) noexcept {
    return number_up_to(Rate::most, text);
}

std::optional<LimitAlgorithm> read_limit_algorithm(std::string_view text) noexcept {
    const auto* found = std::ranges::find(algorithms, text, &decltype(algorithms)::value_type::first);
    return found == algorithms.end() ? std::nullopt : std::optional(found->second);
}

std::string rate_text(const Rate& rate) {
    const auto* found = std::ranges::find(units, rate.period, &decltype(units)::value_type::second);
    const std::string_view unit = found == units.end() ? "r/?" : found->first;
    return std::to_string(rate.requests).append(unit);
}

std::string_view limit_algorithm_name(LimitAlgorithm algorithm) noexcept {
    const auto* found = std::ranges::find(algorithms, algorithm, &decltype(algorithms)::value_type::second);
    return found == algorithms.end() ? "unknown" : found->first;
}

}  // namespace mcp
