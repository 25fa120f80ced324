#include "report/page/tools.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

#include "report/last_hour.h"
#include "report/metric_keys.h"
#include "report/name_table.h"

namespace report::page {
namespace {

struct Counted {
    Latencies latencies{};
    std::uint64_t errors = 0;
};
using Key = std::pair<std::uint16_t, std::uint16_t>;  // a method and a tool, by their numbers

std::string name_of(const Names& names, std::uint16_t number) {
    if (number == no_name) return {};
    return number == other_name ? "other" : names.text(number - first_name);
}

template <class Histogram>
void add(Counted& counted, const Histogram& histogram, bool is_error) {
    for (std::size_t i = 0; i < counted.latencies.size(); i++) {
        const std::uint64_t count = histogram.buckets[i].load(std::memory_order_relaxed);
        counted.latencies[i] += count;
        if (is_error) counted.errors += count;
    }
}

std::map<Key, Counted> counts_of(const MetricsBlock& block) {
    std::map<Key, Counted> counts;
    block.operations.each([&counts](std::uint64_t packed, const auto& histogram) {
        const OperationKey key = OperationKey::unpack(packed);
        add(counts[{key.method, key.tool}], histogram, key.error != ErrorKind::none);
    });
    add(counts[{other_name, other_name}], block.operations.rest, false);
    return counts;
}

}  // namespace

std::vector<ToolState> tools_of(MetricsBlock& block) {
    const Names methods(block.methods);
    const Names tools(block.tools);
    std::vector<ToolState> states;
    for (const auto& [key, counted] : counts_of(block)) {
        const auto calls = std::accumulate(counted.latencies.begin(), counted.latencies.end(), std::uint64_t{0});
        if (calls == 0) continue;
        states.push_back({.method = name_of(methods, key.first),
                          .name = name_of(tools, key.second),
                          .calls = calls,
                          .errors = counted.errors,
                          .p95 = quantile(counted.latencies, 0.95)});
    }
    std::ranges::sort(states, [](const ToolState& a, const ToolState& b) {
        return std::tie(b.calls, a.name, a.method) < std::tie(a.calls, b.name, b.method);
    });
    states.resize(std::min(states.size(), most_tools));
    return states;
}

}  // namespace report::page
