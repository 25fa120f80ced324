#include "mcp/rate_limit_headers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/ascii.h"

namespace mcp {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// RFC 9651 section 3.3.1: no more than 15 digits.
constexpr std::uint64_t longest_integer = 999'999'999'999'999;

std::int64_t seconds_up(microseconds time) noexcept {
    const auto whole = std::chrono::duration_cast<seconds>(std::max(time, microseconds(0)));
    return whole.count() + (whole < time ? 1 : 0);
}

// RFC 9651 section 3.3.3.
std::string string_item(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += base::printable(c);
    }
    return out += '"';
}

void append_parameter(std::string& out, std::string_view name, std::uint64_t value) {
    std::array<char, 15> digits;
    char* begin = digits.data();
    char* end = std::to_chars(begin, begin + digits.size(), std::min(value, longest_integer)).ptr;
    out.append(name).append(begin, end);
}

bool is_refusal(const ToldLimit& limit) noexcept {
    return !limit.result->allowed;
}

bool is_tighter(const ToldLimit& a, const ToldLimit& b) noexcept {
    if (is_refusal(a) || is_refusal(b))
        return std::tuple(is_refusal(a), a.result->retry_after) > std::tuple(is_refusal(b), b.result->retry_after);
    return std::tuple(a.result->remaining, b.result->reset) < std::tuple(b.result->remaining, a.result->reset);
}

}  // namespace

void describe_policy(LimitRule& rule) {
    rule.quoted_name = string_item(rule.name);
    rule.policy = rule.quoted_name;
    append_parameter(rule.policy, ";q=", std::uint64_t{rule.rate.requests} + rule.rate.burst);
    append_parameter(rule.policy,
                     ";w=", static_cast<std::uint64_t>(std::max<std::int64_t>(1, seconds_up(rule.rate.period))));
}

void append_rate_limit_policy(std::string& out, std::span<const ToldLimit> limits) {
    const char* before = "";
    for (const ToldLimit& limit : limits)
        out.append(std::exchange(before, ", ")).append(limit.rule->policy);
}

void append_rate_limit(std::string& out, std::span<const ToldLimit> limits) {
    const bool is_refused = !all_pass(limits);
    const char* before = "";
    for (const auto& [rule, result] : limits) {
        if (is_refused && result->allowed) continue;
        out.append(std::exchange(before, ", ")).append(rule->quoted_name);
        append_parameter(out, ";r=", result->remaining);
        append_parameter(
            out, ";t=", static_cast<std::uint64_t>(is_refused ? wait_seconds(*result) : reset_seconds(*result)));
    }
}

bool all_pass(std::span<const ToldLimit> limits) noexcept {
    return std::ranges::none_of(limits, is_refusal);
}

const ToldLimit* tightest_limit(std::span<const ToldLimit> limits) noexcept {
    const auto found = std::ranges::min_element(limits, is_tighter);
    return found == limits.end() ? nullptr : &*found;
}

std::int64_t wait_seconds(const LimitResult& refusal) noexcept {
    const bool is_never = refusal.retry_after == microseconds::max();
    return std::max<std::int64_t>(1, seconds_up(is_never ? refusal.reset : refusal.retry_after));
}

std::int64_t retry_after_seconds(std::span<const ToldLimit> limits) noexcept {
    std::int64_t longest = 1;
    for (const ToldLimit& limit : limits) {
        if (is_refusal(limit)) longest = std::max(longest, wait_seconds(*limit.result));
    }
    return longest;
}

std::int64_t reset_seconds(const LimitResult& result) noexcept {
    return seconds_up(result.reset);
}

}  // namespace mcp
