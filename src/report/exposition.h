// The text formats of metrics: Prometheus' own (version 0.0.4), and OpenMetrics (1.0.0).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "report/histogram.h"

namespace report {

enum class ExpositionFormat : std::uint8_t {
    prometheus,
    openmetrics
};

std::string_view media_type(ExpositionFormat format) noexcept;

// What Accept (RFC 9110 section 12.5.1) prefers; OpenMetrics only where it is named. What asks for neither gets
// Prometheus' format.
ExpositionFormat accepted_format(std::string_view accept) noexcept;

enum class MetricType : std::uint8_t {
    counter,
    gauge,
    histogram,
    info
};

// As a family is introduced. All are literals.
struct MetricFamily {
    std::string_view name;  // without _total or _info
    MetricType type;
    std::string_view unit;  // the name's end, or empty
    std::string_view help;
};

struct MetricLabel {
    std::string_view name;   // a literal
    std::string_view value;  // UTF-8
};

// A histogram as it was read: `counts` is not cumulative, and has one more element than `bounds`.
struct HistogramReading {
    std::span<const Bound> bounds;
    std::span<const std::uint64_t> counts;
    std::chrono::microseconds sum;
};

// Throws std::bad_alloc.
class Exposition {
public:
    using Labels = std::initializer_list<MetricLabel>;

    explicit Exposition(ExpositionFormat format) : format_(format) {}

    void reserve(std::size_t bytes) { text_.reserve(bytes); }
    // The values that follow are of it.
    void begin(const MetricFamily& family);
    void add(Labels labels, std::uint64_t value);
    void add(Labels labels, double value);
    void add(Labels labels, const HistogramReading& reading);
    std::string end() &&;

private:
    void sample(std::string_view suffix, std::string_view labels, std::string_view bound, std::string_view value);

    ExpositionFormat format_;
    MetricFamily family_{};
    std::string text_;
};

}  // namespace report
