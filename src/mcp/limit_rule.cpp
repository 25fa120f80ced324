#include "mcp/limit_rule.h"

#include <algorithm>

namespace mcp {

std::uint32_t units(const LimitRule& rule, std::span<const Operation> operations) noexcept {
    if (rule.operations.empty()) return 1;
    const auto counts = std::ranges::count_if(operations, [&](const Operation& operation) {
        return std::ranges::any_of(rule.operations,
                                   [&](const OperationPattern& pattern) { return pattern.matches(operation); });
    });
    return static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(counts, UINT32_MAX));
}

base::Sha256 identity_of(std::string_view resource, const LimitRule& rule) {
    const auto digest = [](const std::string& before, std::string_view part, std::string_view other) {
        return std::string(base::bytes(base::must_sha256_of({before, part, other})));
    };
    std::string text(resource);
    text = digest(text, std::to_string(static_cast<int>(rule.by)), std::to_string(static_cast<int>(rule.rate.algorithm)));
    text = digest(text, std::to_string(rule.rate.period.count()), "");
    for (const OperationPattern& pattern : rule.operations)
        text = digest(text, pattern.method, pattern.name);
    return base::must_sha256_of({text});
}

}  // namespace mcp
