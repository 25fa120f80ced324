#include "mcp/beginnings.h"

#include <algorithm>
#include <array>

namespace mcp {
namespace {

constexpr std::array<Beginning, 4> all = {
    {{.method = "initialize", .era = Era::legacy, .is_first = true},
     {.method = "notifications/initialized", .era = Era::legacy, .is_first = false},
     {.method = "server/discover", .era = Era::modern, .is_first = true},
     {.method = "subscriptions/listen", .era = Era::modern, .is_first = false}}};

}  // namespace

std::span<const Beginning> beginnings() noexcept {
    return all;
}

std::vector<std::string_view> refused_beginnings(const Revisions& served, const MethodPredicate& is_open,
                                                 const MethodPredicate& is_refused) {
    std::vector<std::string_view> refused;
    const bool lets_in = std::ranges::any_of(
        all, [&](const Beginning& each) { return each.is_first && each.is_served_by(served) && is_open(each.method); });
    for (const Beginning& each : all)
        if (lets_in && each.is_served_by(served) && is_refused(each.method)) refused.push_back(each.method);
    return refused;
}

}  // namespace mcp
