#include "report/last_hour.h"

#include <algorithm>
#include <numeric>

#include "mcp/error_type.h"

namespace report {
namespace {

constexpr unsigned half = 32;
constexpr std::uint64_t lower_half = 0xFFFF'FFFFU;

// 0 is no minute.
std::uint32_t number_of(LastHour::Minutes minutes) noexcept {
    return minutes.count() + 1;
}

bool went_wrong(const mcp::Observation& observation) noexcept {
    using Kind = mcp::Outcome::Kind;
    return mcp::http_error(observation) >= 500 || !observation.is_received_whole ||
           std::ranges::any_of(observation.operations, [](const auto& operation) {
               return operation.outcome.kind == Kind::error || operation.outcome.kind == Kind::tool_error;
           });
}

std::size_t bucket_of(std::chrono::microseconds duration) noexcept {
    return static_cast<std::size_t>(std::ranges::lower_bound(operation_bounds, duration, {}, &Bound::most) -
                                    operation_bounds.begin());
}

double bound(std::size_t bucket) noexcept {
    return std::chrono::duration<double>(operation_bounds[bucket].most).count();
}

}  // namespace

std::optional<double> quantile(const Latencies& latencies, double share) noexcept {
    const auto total = std::accumulate(latencies.begin(), latencies.end(), std::uint64_t{0});
    if (total == 0) return std::nullopt;
    const double wanted = share * static_cast<double>(total);
    double before = 0;
    for (std::size_t i = 0; i < operation_bounds.size(); i++) {
        const auto count = static_cast<double>(latencies[i]);
        if (count > 0 && before + count >= wanted) {
            const double lower = i == 0 ? 0 : bound(i - 1);
            return lower + (bound(i) - lower) * std::max(0.0, wanted - before) / count;
        }
        before += count;
    }
    return bound(operation_bounds.size() - 1);
}

std::optional<Course> course_of(const mcp::Observation& observation) noexcept {
    switch (observation.judgement) {
        case mcp::Judgement::refuse:
            return Course::refused;
        case mcp::Judgement::preflight:
            return std::nullopt;
        case mcp::Judgement::pass:
        case mcp::Judgement::anonymous:
        case mcp::Judgement::satisfied:
            break;
    }
    return went_wrong(observation) ? Course::failed : Course::passed;
}

MinuteCounts& MinuteCounts::operator+=(const MinuteCounts& other) noexcept {
    passed += other.passed;
    failed += other.failed;
    refused += other.refused;
    std::ranges::transform(latencies, other.latencies, latencies.begin(), std::plus{});
    return *this;
}

LastHour::Minutes LastHour::minute_of(std::chrono::milliseconds since_1970) noexcept {
    return std::chrono::duration_cast<Minutes>(since_1970);
}

void LastHour::Count::add(std::uint32_t minute) noexcept {
    std::uint64_t seen = value_.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        const bool is_full = (seen & lower_half) == lower_half;
        next = seen >> half == minute ? seen + (is_full ? 0 : 1) : (std::uint64_t{minute} << half) + 1;
    } while (!value_.compare_exchange_weak(seen, next, std::memory_order_relaxed));
}

std::uint64_t LastHour::Count::in(std::uint32_t minute) const noexcept {
    const std::uint64_t value = value_.load(std::memory_order_relaxed);
    return value >> half == minute ? value & lower_half : 0;
}

void LastHour::add(const mcp::Observation& observation, Minutes now) noexcept {
    const auto course = course_of(observation);
    if (!course) return;
    const std::uint32_t number = number_of(now);
    Minute& minute = minutes_[number % length];
    minute.courses[static_cast<std::size_t>(*course)].add(number);
    if (*course != Course::refused && observation.http_method == "POST")
        minute.latencies[bucket_of(observation.duration)].add(number);
}

std::array<MinuteCounts, LastHour::length> LastHour::counts(Minutes now) const noexcept {
    std::array<MinuteCounts, length> all{};
    for (std::uint32_t ago = 0; ago < length; ago++) {
        const std::uint32_t number = number_of(now) - ago;
        if (number == 0 || number > number_of(now)) break;  // the first hour of 1970
        const Minute& minute = minutes_[number % length];
        MinuteCounts& counts = all[length - 1 - ago];
        counts.passed = minute.courses[static_cast<std::size_t>(Course::passed)].in(number);
        counts.failed = minute.courses[static_cast<std::size_t>(Course::failed)].in(number);
        counts.refused = minute.courses[static_cast<std::size_t>(Course::refused)].in(number);
        std::ranges::transform(minute.latencies, counts.latencies.begin(),
                               [number](const Count& count) { return count.in(number); });
    }
    return all;
}

}  // namespace report
