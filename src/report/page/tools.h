// Methods and tools, of what is counted for metrics.
#pragma once

#include <cstddef>
#include <vector>

#include "report/metrics_block.h"
#include "report/page/status.h"

namespace report::page {

inline constexpr std::size_t most_tools = 100;

// Those that are called most, at the most most_tools of them, by their number of calls and then by name; what has no
// place of its own is one, "other". Throws std::bad_alloc.
std::vector<ToolState> tools_of(MetricsBlock& block);

}  // namespace report::page
