#include "mcp/policy.h"

#include <algorithm>

#include "base/ascii.h"
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

namespace {

bool is_about_uri(const Operation& operation) noexcept {
    const Target* target = target_of(operation.method);
    return target != nullptr && target->kind == Addressed::uri;
}

// Empty: there is none, or characters that no scheme has.
std::string_view scheme_of(std::string_view uri) noexcept {
    const std::string_view scheme = uri.substr(0, std::min(uri.find(':'), uri.size()));
    const bool is_scheme = scheme.size() < uri.size() && std::ranges::all_of(
                                                             scheme,
                                                             [](char c) {
                                                                 const char lower = base::to_lower(c);
                                                                 return (lower >= 'a' && lower <= 'z') ||
                                                                        (c >= '0' && c <= '9') || c == '+' ||
                                                                        c == '-' || c == '.';
                                                             });
    return is_scheme ? scheme : std::string_view();
}

}  // namespace

bool ScopeRule::matches(const Operation& operation) const noexcept {
    if (operation.method.empty()) return false;  // a response asks for nothing
    if (!method.empty() && !glob_matches(method, operation.method)) return false;
    if (name.empty()) return true;
    if (!operation.name) return false;
    if (glob_matches(name, *operation.name)) return true;
    // Servers that match templates drop the query first: what runs is the resource without.
    return is_about_uri(operation) && glob_matches(name, operation.name->substr(0, operation.name->find('?')));
}

bool ScopeRule::judges_uris() const {
    if (name.empty() || uri_pattern_problem(name)) return false;
    const auto all = targets();
    return std::ranges::any_of(all, [this](const Target& target) {
        return target.kind == Addressed::uri && (method.empty() || glob_matches(method, target.method));
    });
}

void Policy::add(ScopeRule rule) {
    if (rule.judges_uris()) {
        const std::string_view pattern(rule.name);
        const std::string_view scheme = scheme_of(pattern.substr(0, pattern.find_first_of("*?")));
        judges_every_scheme_ = judges_every_scheme_ || scheme.empty();
        if (!scheme.empty()) judged_schemes_.emplace_back(scheme);
    }
    if (rule.is_general()) {
        general_ |= rule.scopes;
    } else {
        rules_.push_back(std::move(rule));
    }
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
            if (rule.matches(operation)) scopes |= rule.scopes;
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
    return std::ranges::any_of(rules_, [&](const ScopeRule& rule) { return rule.matches(operation); });
}

bool Policy::all_anonymous(std::span<const Operation> operations) const noexcept {
    return !operations.empty() && std::ranges::all_of(operations, [this](const Operation& operation) {
        return !operation.method.empty() && is_listed_as_anonymous(operation.method) && !has_rule_for(operation);
    });
}

}  // namespace mcp
