#include "mcp/limit_rule.h"

#include <algorithm>

#include "mcp/rate_text.h"

namespace mcp {

std::uint32_t cost_of(const LimitRule& rule, std::span<const Operation> operations) noexcept {
    if (rule.operations.empty()) return 1;
    const auto counts = std::ranges::count_if(operations, [&](const Operation& operation) {
        return std::ranges::any_of(rule.operations,
                                   [&](const OperationPattern& pattern) { return pattern.matches(operation); });
    });
    return static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(counts, UINT32_MAX));
}

std::string_view name_of(LimitBy by) noexcept {
    switch (by) {
        case LimitBy::client:
            return "client";
        case LimitBy::issuer:
            return "issuer";
        case LimitBy::address:
            return "address";
        case LimitBy::subject:
            break;
    }
    return "subject";
}

std::optional<LimitBy> read_limit_by(std::string_view text) noexcept {
    for (const LimitBy by : {LimitBy::subject, LimitBy::client, LimitBy::issuer, LimitBy::address})
        if (name_of(by) == text) return by;
    return std::nullopt;
}

std::string words_for(const Rate& rate) {
    return rate_text(rate) + (rate.burst != 0 ? ", burst " + std::to_string(rate.burst) : "");
}

std::string words_for(const LimitRule& rule) {
    std::string words = words_for(rule.rate) + ", by " + std::string(name_of(rule.by));
    std::string_view before = ": ";
    for (const OperationPattern& pattern : rule.operations) {
        words.append(before).append(pattern.method);
        if (!pattern.name.empty()) words.append(pattern.method.empty() ? "" : " ").append(pattern.name);
        before = ", ";
    }
    return words;
}

base::Sha256 identity_of(std::string_view resource, const LimitRule& rule) {
    const auto digest = [](const std::string& before, std::string_view part, std::string_view other) {
        return std::string(base::bytes(base::must_sha256_of({before, part, other})));
    };
    std::string text(resource);
    text =
        digest(text, std::to_string(static_cast<int>(rule.by)), std::to_string(static_cast<int>(rule.rate.algorithm)));
    text = digest(text, rate_text(rule.rate), std::to_string(rule.rate.burst));
    for (const OperationPattern& pattern : rule.operations)
        text = digest(text, pattern.method, pattern.name);
    return base::must_sha256_of({text});
}

}  // namespace mcp
