#include "mcp/policy.h"

#include <algorithm>

#include "base/ascii.h"
#include "mcp/rate_limit_headers.h"

namespace mcp {

namespace {

// Empty: there is none, or characters that no scheme has.
std::string_view scheme_of(std::string_view uri) noexcept {
    const std::string_view scheme = uri.substr(0, std::min(uri.find(':'), uri.size()));
    const auto may_be_in_scheme = [](char c) {
        return base::is_letter_or_digit(c) || std::string_view("+-.").contains(c);
    };
    const bool is_scheme = scheme.size() < uri.size() && std::ranges::all_of(scheme, may_be_in_scheme);
    return is_scheme ? scheme : std::string_view();
}

}  // namespace

// The URIs that a pattern of theirs may match must be written in one way only.
void Policy::judge_uris(const OperationPattern& operations) {
    if (!operations.judges_uris()) return;
    const std::string_view pattern(operations.name);
    const std::string_view scheme = scheme_of(pattern.substr(0, pattern.find_first_of("*?")));
    judges_every_scheme_ = judges_every_scheme_ || scheme.empty();
    if (!scheme.empty()) judged_schemes_.emplace_back(scheme);
}

void Policy::add(ScopeRule rule) {
    judge_uris(rule.operations);
    if (rule.operations.is_general()) {
        general_ |= rule.scopes;
    } else {
        rules_.push_back(std::move(rule));
    }
}

void Policy::add_limit(LimitRule rule) {
    for (const OperationPattern& operations : rule.operations)
        judge_uris(operations);
    limits_operations_ = limits_operations_ || !rule.operations.empty();
    describe_policy(rule);
    limits_.push_back(std::move(rule));
}

bool Policy::judges_uri(std::string_view uri) const noexcept {
    if (judges_every_scheme_) return true;
    const std::string_view scheme = scheme_of(uri);
    if (scheme.empty()) return !judged_schemes_.empty();
    return std::ranges::any_of(judged_schemes_,
                               [&](const std::string& judged) { return base::equals_ignoring_case(scheme, judged); });
}

oauth::ScopeSet Policy::required(std::span<const Operation> operations) const noexcept {
    oauth::ScopeSet scopes = general_;
    for (const Operation& operation : operations)
        for (const ScopeRule& rule : rules_)
            if (rule.operations.matches(operation)) scopes |= rule.scopes;
    return scopes;
}

bool Policy::is_listed_as_anonymous(std::string_view method) const noexcept {
    return std::ranges::any_of(anonymous_methods_,
                               [&](const std::string& pattern) { return glob_matches(pattern, method); });
}

// Only a rule for all names is one for a name that nothing has.
bool Policy::is_anonymous(std::string_view method) const noexcept {
    static constexpr std::string_view nobodys_name = "\x01\x01\x01\x01\x01\x01\x01\x01";
    const Operation any{.method = method, .name = nobodys_name};
    return all_anonymous({&any, 1});
}

bool Policy::has_rule_for(const Operation& operation) const noexcept {
    return std::ranges::any_of(rules_, [&](const ScopeRule& rule) { return rule.operations.matches(operation); });
}

bool Policy::all_anonymous(std::span<const Operation> operations) const noexcept {
    return !operations.empty() && std::ranges::all_of(operations, [this](const Operation& operation) {
        return !operation.method.empty() && is_listed_as_anonymous(operation.method) && !has_rule_for(operation);
    });
}

}  // namespace mcp
