// What clients send by themselves when they connect, before anybody asks for anything.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "mcp/resource.h"

namespace mcp {

struct Beginning {
    std::string_view method;
    Protocol revisions;  // legacy or modern
    bool is_first;       // before it nothing is sent

    bool is_served_by(Protocol served) const noexcept { return served == Protocol::dual || served == revisions; }
};

std::span<const Beginning> beginnings() noexcept;

using MethodPredicate = std::function<bool(std::string_view method)>;

// Where a client is let in without a token at the first of them, a 401 to another makes it log in, or give up: those
// that are refused. Empty where nobody is let in.
std::vector<std::string_view> refused_beginnings(Protocol served, const MethodPredicate& is_open,
                                                 const MethodPredicate& is_refused);

}  // namespace mcp
