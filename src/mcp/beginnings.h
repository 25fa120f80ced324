// What clients send by themselves when they connect, before anybody asks for anything.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "mcp/revisions.h"

namespace mcp {

struct Beginning {
    std::string_view method;
    Era era;        // that has it
    bool is_first;  // before it nothing is sent

    bool is_served_by(const Revisions& served) const noexcept { return served.includes(era); }
};

std::span<const Beginning> beginnings() noexcept;

using MethodPredicate = std::function<bool(std::string_view method)>;

// Where a client is let in without a token at the first of them, a 401 to another makes it log in, or give up: those
// that are refused. Empty where nobody is let in.
std::vector<std::string_view> refused_beginnings(const Revisions& served, const MethodPredicate& is_open,
                                                 const MethodPredicate& is_refused);

}  // namespace mcp
