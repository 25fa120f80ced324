#include "mcp/rate_limit_headers.h"

#include <algorithm>
#include <tuple>

#include "base/ascii.h"

namespace mcp {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// RFC 9651 section 3.3.1: no more than 15 digits.
constexpr std::uint64_t longest_integer = 999'999'999'999'999;

constexpr std::size_t usual_member_size = 48;

std::int64_t seconds_up(microseconds time) noexcept {
    const auto whole = std::chrono::duration_cast<seconds>(std::max(time, microseconds(0)));
    return whole.count() + (whole < time ? 1 : 0);
}

// RFC 9651 section 3.3.3.
void append_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += base::printable(c);
    }
    out += '"';
}

void append_parameter(std::string& out, std::string_view name, std::uint64_t value) {
    out.append(name).append(std::to_string(std::min(value, longest_integer)));
}

void begin_member(std::string& out, const NamedLimit& limit) {
    if (!out.empty()) out += ", ";
    append_string(out, limit.name);
}

bool is_refusal(const NamedLimit& limit) noexcept {
    return !limit.result.allowed;
}

std::int64_t retry_after(const LimitResult& refusal) noexcept {
    const bool is_never = refusal.retry_after == microseconds::max();
    return std::max<std::int64_t>(1, seconds_up(is_never ? refusal.reset : refusal.retry_after));
}

bool is_tighter(const NamedLimit& a, const NamedLimit& b) noexcept {
    if (is_refusal(a) || is_refusal(b))
        return std::tuple(is_refusal(a), a.result.retry_after) > std::tuple(is_refusal(b), b.result.retry_after);
    return std::tuple(a.result.remaining, b.result.reset) < std::tuple(b.result.remaining, a.result.reset);
}

}  // namespace

std::string rate_limit_policy_header(std::span<const NamedLimit> limits) {
    std::string out;
    out.reserve(limits.size() * usual_member_size);
    for (const NamedLimit& limit : limits) {
        begin_member(out, limit);
        append_parameter(out, ";q=", std::uint64_t{limit.rate->requests} + limit.rate->burst);
        append_parameter(out,
                         ";w=", static_cast<std::uint64_t>(std::max<std::int64_t>(1, seconds_up(limit.rate->period))));
    }
    return out;
}

std::string rate_limit_header(std::span<const NamedLimit> limits) {
    std::string out;
    out.reserve(limits.size() * usual_member_size);
    const bool is_refused = std::ranges::any_of(limits, is_refusal);
    for (const NamedLimit& limit : limits) {
        if (is_refused && !is_refusal(limit)) continue;
        begin_member(out, limit);
        append_parameter(out, ";r=", limit.result.remaining);
        append_parameter(
            out,
            ";t=", static_cast<std::uint64_t>(is_refused ? retry_after(limit.result) : reset_seconds(limit.result)));
    }
    return out;
}

const NamedLimit* tightest_limit(std::span<const NamedLimit> limits) noexcept {
    const auto found = std::ranges::min_element(limits, is_tighter);
    return found == limits.end() ? nullptr : &*found;
}

std::int64_t retry_after_seconds(std::span<const NamedLimit> limits) noexcept {
    std::int64_t longest = 1;
    for (const NamedLimit& limit : limits) {
        if (is_refusal(limit)) longest = std::max(longest, retry_after(limit.result));
    }
    return longest;
}

std::int64_t reset_seconds(const LimitResult& result) noexcept {
    return seconds_up(result.reset);
}

}  // namespace mcp
