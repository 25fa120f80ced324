// Times counted by how long they were, in memory that all workers share.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace report {

// The last value that a bucket counts, and the same in seconds as text formats write it.
struct Bound {
    std::chrono::microseconds most;
    std::string_view seconds;
};

// A row of buckets: what each counts up to, and the same in seconds.
template <class Unit, std::size_t size>
constexpr std::array<Bound, size> bounds_in(const std::pair<int, std::string_view> (&rows)[size]) noexcept {
    std::array<Bound, size> bounds{};
    std::ranges::transform(rows, bounds.begin(),
                           [](const auto& row) { return Bound{.most = Unit(row.first), .seconds = row.second}; });
    return bounds;
}

// Of the OpenTelemetry semantic conventions for MCP: mcp.server.operation.duration.
inline constexpr auto operation_bounds = bounds_in<std::chrono::milliseconds>({{10, "0.01"},
                                                                               {20, "0.02"},
                                                                               {50, "0.05"},
                                                                               {100, "0.1"},
                                                                               {200, "0.2"},
                                                                               {500, "0.5"},
                                                                               {1'000, "1.0"},
                                                                               {2'000, "2.0"},
                                                                               {5'000, "5.0"},
                                                                               {10'000, "10.0"},
                                                                               {30'000, "30.0"},
                                                                               {60'000, "60.0"},
                                                                               {120'000, "120.0"},
                                                                               {300'000, "300.0"}});

// A signature takes some ten microseconds, an introspection as long as its server, which has five seconds.
inline constexpr auto authorization_bounds = bounds_in<std::chrono::microseconds>({{50, "5e-05"},
                                                                                   {100, "0.0001"},
                                                                                   {250, "0.00025"},
                                                                                   {500, "0.0005"},
                                                                                   {1'000, "0.001"},
                                                                                   {5'000, "0.005"},
                                                                                   {25'000, "0.025"},
                                                                                   {100'000, "0.1"},
                                                                                   {500'000, "0.5"},
                                                                                   {1'000'000, "1.0"},
                                                                                   {5'000'000, "5.0"},
                                                                                   {10'000'000, "10.0"}});

// All bytes zero: nothing counted.
template <const auto& bounds_>
struct Histogram {
    static constexpr std::span<const Bound> bounds = bounds_;
    static constexpr std::size_t bucket_count = bounds_.size() + 1;

    std::array<std::atomic<std::uint64_t>, bucket_count> buckets;  // not cumulative; the last is for all that is longer
    std::atomic<std::uint64_t> sum;                                // microseconds

    void add(std::chrono::microseconds time) noexcept {
        time = std::max(time, std::chrono::microseconds(0));
        const auto bound = std::ranges::lower_bound(bounds, time, {}, &Bound::most);
        const auto bucket = static_cast<std::size_t>(bound - bounds.begin());
        buckets[bucket].fetch_add(1, std::memory_order_relaxed);
        sum.fetch_add(static_cast<std::uint64_t>(time.count()), std::memory_order_relaxed);
    }
};

}  // namespace report
