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

namespace report {

// The last value that a bucket counts, and the same in seconds as text formats write it.
struct Bound {
    std::chrono::microseconds most;
    std::string_view seconds;
};

// Of the OpenTelemetry semantic conventions for MCP: mcp.server.operation.duration.
inline constexpr std::array<Bound, 14> operation_bounds{{{std::chrono::milliseconds(10), "0.01"},
                                                         {std::chrono::milliseconds(20), "0.02"},
                                                         {std::chrono::milliseconds(50), "0.05"},
                                                         {std::chrono::milliseconds(100), "0.1"},
                                                         {std::chrono::milliseconds(200), "0.2"},
                                                         {std::chrono::milliseconds(500), "0.5"},
                                                         {std::chrono::milliseconds(1'000), "1.0"},
                                                         {std::chrono::milliseconds(2'000), "2.0"},
                                                         {std::chrono::milliseconds(5'000), "5.0"},
                                                         {std::chrono::milliseconds(10'000), "10.0"},
                                                         {std::chrono::milliseconds(30'000), "30.0"},
                                                         {std::chrono::milliseconds(60'000), "60.0"},
                                                         {std::chrono::milliseconds(120'000), "120.0"},
                                                         {std::chrono::milliseconds(300'000), "300.0"}}};

// A signature takes some ten microseconds, an introspection as long as its server, which has five seconds.
inline constexpr std::array<Bound, 12> authorization_bounds{{{std::chrono::microseconds(50), "5e-05"},
                                                             {std::chrono::microseconds(100), "0.0001"},
                                                             {std::chrono::microseconds(250), "0.00025"},
                                                             {std::chrono::microseconds(500), "0.0005"},
                                                             {std::chrono::microseconds(1'000), "0.001"},
                                                             {std::chrono::microseconds(5'000), "0.005"},
                                                             {std::chrono::microseconds(25'000), "0.025"},
                                                             {std::chrono::microseconds(100'000), "0.1"},
                                                             {std::chrono::microseconds(500'000), "0.5"},
                                                             {std::chrono::microseconds(1'000'000), "1.0"},
                                                             {std::chrono::microseconds(5'000'000), "5.0"},
                                                             {std::chrono::microseconds(10'000'000), "10.0"}}};

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
