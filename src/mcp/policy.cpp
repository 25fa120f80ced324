#include "mcp/policy.h"

#include <algorithm>

#include "mcp/uri_form.h"

namespace mcp {

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;  // the last "*" seen, and the text that it has swallowed so far
    std::size_t swallowed = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            swallowed = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            p++;
            t++;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++swallowed;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool ScopeRule::matches(const Operation& operation) const noexcept {
    if (operation.method.empty()) return false;  // a response asks for nothing
    if (!method.empty() && !glob_matches(method, operation.method)) return false;
    return name.empty() || (operation.name && glob_matches(name, *operation.name));
}

bool ScopeRule::judges_uris() const {
    if (name.empty() || uri_pattern_problem(name)) return false;
    const auto all = targets();
    return std::ranges::any_of(all, [this](const Target& target) {
        return target.kind == Addressed::uri && (method.empty() || glob_matches(method, target.method));
    });
}

void Policy::add(ScopeRule rule) {
    judges_uris_ = judges_uris_ || rule.judges_uris();
    if (rule.is_general()) {
        general_ |= rule.scopes;
    } else {
        rules_.push_back(std::move(rule));
    }
}

oauth::ScopeSet Policy::required(std::span<const Operation> operations) const noexcept {
    oauth::ScopeSet scopes = general_;
    for (const Operation& operation : operations)
        for (const ScopeRule& rule : rules_)
            if (rule.matches(operation)) scopes |= rule.scopes;
    return scopes;
}

bool Policy::all_anonymous(std::span<const Operation> operations) const noexcept {
    return !operations.empty() && std::ranges::all_of(operations, [this](const Operation& operation) {
        return !operation.method.empty() && std::ranges::any_of(anonymous_methods_, [&](const std::string& pattern) {
            return glob_matches(pattern, operation.method);
        });
    });
}

}  // namespace mcp
