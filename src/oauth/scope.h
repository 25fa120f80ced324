// Scopes (RFC 6749 section 3.3): space-delimited, case-sensitive, in any order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

#include "oauth/json/json.h"

namespace oauth {

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
bool is_scope_token(std::string_view text) noexcept;

// What is wrong with a scope that RFC 6749 allows and nobody means: two with a comma between them, or a parameter that
// is misspelt ("tol=x"; URIs may have a "="). Empty: nothing.
std::string_view scope_mistake(std::string_view scope) noexcept;

// The pieces between the spaces of `text`, empty ones left out; views into `text`, nothing is copied. They are not
// validated.
class ScopeTokens {
public:
    class Iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;

        constexpr Iterator() noexcept = default;
        constexpr explicit Iterator(std::string_view text) noexcept : rest_(text) { advance(); }

        constexpr std::string_view operator*() const noexcept { return token_; }
        constexpr Iterator& operator++() noexcept {
            advance();
            return *this;
        }
        constexpr Iterator operator++(int) noexcept {
            const Iterator before = *this;
            advance();
            return before;
        }
        constexpr bool operator==(const Iterator& other) const noexcept { return token_.data() == other.token_.data(); }
        constexpr bool operator==(std::default_sentinel_t) const noexcept { return token_.empty(); }

    private:
        constexpr void advance() noexcept {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
            token_ = rest_.substr(0, rest_.find(' '));
            rest_.remove_prefix(token_.size());
        }

        std::string_view token_;  // empty only at the end
        std::string_view rest_;
    };

    constexpr explicit ScopeTokens(std::string_view text) noexcept : text_(text) {}
    constexpr Iterator begin() const noexcept { return Iterator(text_); }
    static constexpr std::default_sentinel_t end() noexcept { return {}; }

private:
    std::string_view text_;
};

// The claim that says what is granted: "scope" (RFC 8693 section 4.2, RFC 9068 section 2.2.3, RFC 7662 section 2.2) or,
// where a token has no "scope", "scp", which some authorization servers use.
struct ScopeClaim {
    std::string_view name;
    json::Value value;

    // null means absent.
    static std::optional<ScopeClaim> of(const json::Value& claims) noexcept;

    // A string, or an array of strings with one scope each. A value of another form grants nothing.
    bool is_well_formed() const noexcept;
};

// True when the claims grant `scope`.
bool scope_contains(const json::Value& claims, std::string_view scope) noexcept;

// Calls `visit` with every scope that the claims grant.
template <class Visit>
void each_granted_scope(const json::Value& claims, Visit visit) {
    const auto claim = ScopeClaim::of(claims);
    if (!claim || !claim->is_well_formed()) return;
    const json::Value granted = claim->value;
    if (const auto text = granted.string()) {
        for (const std::string_view token : ScopeTokens(*text))
            visit(token);
        return;
    }
    granted.each_element([&](json::Value element) {
        visit(*element.string());
        return true;
    });
}

}  // namespace oauth
