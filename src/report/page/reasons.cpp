#include "report/page/reasons.h"

#include <algorithm>
#include <array>

namespace report::page {
namespace {

constexpr auto rows = std::to_array<ReasonRow>({
#include "report/page/reasons.inc"
});

}  // namespace

const ReasonRow* find_reason(std::string_view name) noexcept {
    const auto* found = std::ranges::find(rows, name, &ReasonRow::name);
    return found == rows.end() ? nullptr : found;
}

}  // namespace report::page
