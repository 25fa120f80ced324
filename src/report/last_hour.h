// What happened in each of the last sixty minutes, in memory that all workers share. Written without a lock.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mcp/observation.h"
#include "report/histogram.h"

namespace report {

using Latencies = std::array<std::uint64_t, operation_bounds.size() + 1>;

// In seconds, interpolated in its bucket; the last bound for what takes longer. None: there is nothing to measure.
std::optional<double> quantile(const Latencies& latencies, double share) noexcept;

enum class Course : std::uint8_t {
    passed,  // and nothing is known to have gone wrong
    failed,  // passed, but the answer was an error: HTTP 5xx, a JSON-RPC error, or a tool's; or the client did not send
             // all of its request
    refused,
};
// None for what was not decided about a caller: a preflight.
std::optional<Course> course_of(const mcp::Observation& observation) noexcept;

struct MinuteCounts {
    std::uint64_t passed = 0, failed = 0, refused = 0;
    Latencies latencies{};  // of POSTs that passed: another method opens a stream, which lasts as long as it likes

    MinuteCounts& operator+=(const MinuteCounts& other) noexcept;
    std::uint64_t total() const noexcept { return passed + failed + refused; }
};

class LastHour {
public:
    using Minutes = std::chrono::duration<std::uint32_t, std::ratio<60>>;
    static constexpr std::size_t length = 60;

    // Since 1970, UTC: minutes are those that people and logs speak of.
    static Minutes minute_of(std::chrono::milliseconds since_1970) noexcept;

    void add(const mcp::Observation& observation, Minutes now) noexcept;
    // The oldest first; the last is the one that `now` is in.
    std::array<MinuteCounts, length> counts(Minutes now) const noexcept;

private:
    // The minute in the upper half, what was counted in it in the lower: so that a count of an hour ago is never taken
    // for one of today, and nobody needs to clear it. Another minute than that of a request is over, or the clock was
    // set: it is overwritten. All bytes zero: nothing yet.
    class Count {
    public:
        void add(std::uint32_t minute) noexcept;
        std::uint64_t in(std::uint32_t minute) const noexcept;

    private:
        std::atomic<std::uint64_t> value_;
    };
    struct Minute {
        std::array<Count, 3> courses;
        std::array<Count, std::tuple_size_v<Latencies>> latencies;
    };

    std::array<Minute, length> minutes_;
};

}  // namespace report
