#include "mcp/operation_pattern.h"

#include <algorithm>

#include "mcp/uri_form.h"

namespace mcp {
namespace {

bool is_about_uri(const Operation& operation) noexcept {
    const Target* target = target_of(operation.method);
    return target != nullptr && target->kind == Addressed::uri;
}

}  // namespace

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

bool OperationPattern::matches(const Operation& operation) const noexcept {
    if (operation.method.empty()) return false;  // a response asks for nothing
    if (!method.empty() && !glob_matches(method, operation.method)) return false;
    if (name.empty()) return true;
    if (!operation.name) return false;
    if (glob_matches(name, *operation.name)) return true;
    // Servers that match templates drop the query first: what runs is the resource without.
    return is_about_uri(operation) && glob_matches(name, operation.name->substr(0, operation.name->find('?')));
}

bool OperationPattern::judges_uris() const {
    if (name.empty() || uri_pattern_problem(name)) return false;
    const auto all = targets();
    return std::ranges::any_of(all, [this](const Target& target) {
        return target.kind == Addressed::uri && (method.empty() || glob_matches(method, target.method));
    });
}

std::vector<std::string> named_methods(std::string_view pattern, std::string_view other) {
    std::vector<std::string> methods;
    for (const Target& target : targets())
        if (glob_matches(pattern, target.method) && glob_matches(other, target.method))
            methods.emplace_back(target.method);
    return methods;
}

}  // namespace mcp
