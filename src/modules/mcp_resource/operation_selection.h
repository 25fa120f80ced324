// "method=", "tool=" and their like: which operations a directive is about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mcp/operation_pattern.h"
#include "ngx/config.h"

namespace mcp_resource {

struct NameSelector {
    std::string_view parameter;  // "tool="
    std::string_view methods;    // that have such a name, as a pattern
};

// As a directive says it.
struct OperationSelection {
    std::string method;
    const NameSelector* selector = nullptr;  // none: with or without a name
    std::string name;

    bool is_general() const noexcept { return method.empty() && selector == nullptr; }
};

// False: the argument is none of these. Throws ngx::ConfigError.
bool add_selector(OperationSelection& selection, std::string_view argument);

// While the directive is read.
void warn_about_unknown_method(const ngx::Arguments& arguments, std::string_view pattern);

// When all directives are read: the patterns of methods and names that `directive` selects. Throws ngx::ConfigError
// where no request is like that.
std::vector<mcp::OperationPattern> patterns_of(std::string_view directive, const OperationSelection& selection);

}  // namespace mcp_resource
