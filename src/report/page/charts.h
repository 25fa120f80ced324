// The last hour as pictures: SVG inside of HTML.
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "report/last_hour.h"

namespace report::page {

// `now` is of the last of the minutes. Both say what they show to those who do not see it.
std::string decisions_chart(std::span<const MinuteCounts> minutes, std::chrono::milliseconds now);
std::string latency_chart(std::span<const MinuteCounts> minutes, std::chrono::milliseconds now);

// The least of 2, 4, 10, 20, 40, 100 ... that is not below: where an axis ends, and half of it is a whole number.
std::uint64_t end_of_axis(std::uint64_t most) noexcept;

}  // namespace report::page
