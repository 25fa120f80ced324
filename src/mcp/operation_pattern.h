// Which operations a rule is about.
#pragma once

#include <string>
#include <string_view>

#include "mcp/jsonrpc.h"

namespace mcp {

// "*" stands for any text, "?" for any one byte; everything else for itself, with regard to case.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

struct OperationPattern {
    std::string method{};  // glob; empty: any method
    std::string name{};    // glob; empty: with or without a name

    bool is_general() const noexcept { return method.empty() && name.empty(); }
    bool matches(const Operation& operation) const noexcept;
    bool judges_uris() const;
};

}  // namespace mcp
