// Which scopes an operation needs (MCP authorization "Scope Selection", "Step-Up"). Compiled at load, read only
// afterwards.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/jsonrpc.h"
#include "mcp/limit_rule.h"
#include "mcp/operation_pattern.h"
#include "oauth/scope_table.h"

namespace mcp {

struct ScopeRule {
    oauth::ScopeSet scopes{};
    OperationPattern operations{};
};

class Policy {
public:
    void add(ScopeRule rule);
    void add_limit(LimitRule rule);
    void allow_anonymous(std::string method_glob) { anonymous_methods_.push_back(std::move(method_glob)); }

    // False: every request needs general_scopes(), and nobody has to read a body.
    bool depends_on_operation() const noexcept {
        return !rules_.empty() || !anonymous_methods_.empty() || limits_operations_;
    }
    // True when a rule's name pattern may match this URI of a resource, however it is read. No reading changes more of
    // a scheme than the case.
    bool judges_uri(std::string_view uri) const noexcept;
    bool has_anonymous_methods() const noexcept { return !anonymous_methods_.empty(); }

    const oauth::ScopeSet& general_scopes() const noexcept { return general_; }
    std::span<const LimitRule> limits() const noexcept { return limits_; }

    // The union of all rules that match any of the operations, and of the general scopes.
    oauth::ScopeSet required(std::span<const Operation> operations) const noexcept;

    // Without a rule for all that this method may ask for.
    bool is_anonymous(std::string_view method) const noexcept;
    // True when every operation's method may be used without a token, and no rule asks for scopes of that very
    // operation.
    bool all_anonymous(std::span<const Operation> operations) const noexcept;

private:
    void judge_uris(const OperationPattern& operations);
    bool is_listed_as_anonymous(std::string_view method) const noexcept;
    bool has_rule_for(const Operation& operation) const noexcept;

    oauth::ScopeSet general_;
    std::vector<ScopeRule> rules_;
    std::vector<LimitRule> limits_;
    bool limits_operations_ = false;  // some of them, and not only requests
    std::vector<std::string> anonymous_methods_;
    std::vector<std::string> judged_schemes_;  // of the rules that can match a URI
    bool judges_every_scheme_ = false;         // one of them begins with a wildcard
};

}  // namespace mcp
