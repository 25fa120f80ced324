#include "modules/mcp_resource/operation_selection.h"

#include <utility>

#include "mcp/methods.h"
#include "mcp/operation_pattern.h"
#include "mcp/uri_form.h"
#include "modules/mcp_resource/config.h"
#include "modules/mcp_resource/free_text.h"

namespace mcp_resource {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

constexpr NameSelector name_selectors[] = {{.parameter = "tool=", .methods = mcp::tool_methods},
                                           {.parameter = "prompt=", .methods = mcp::prompt_methods},
                                           {.parameter = "resource=", .methods = mcp::resource_methods}};

void select(std::string& slot, std::string_view pattern, std::string_view argument, std::string_view example) {
    if (pattern.empty())
        throw ConfigError(in_quotes(argument) + " is empty; remove it, or write a pattern like " + in_quotes(example));
    if (!slot.empty())
        throw ConfigError(
            in_quotes(argument) +
            " selects once more what another parameter selects; leave one of them out, or write two directives");
    slot = pattern;
}

void select_method(OperationSelection& selection, std::string_view pattern, std::string_view argument) {
    select(selection.method, pattern, argument, "tools/*");
    selection.method = read_method_pattern(pattern);
}

// A URI in another than the normal form is refused, so that such a pattern could never match.
void refuse_pattern_without_effect(std::string_view directive, const OperationSelection& selection) {
    if (selection.selector == nullptr || selection.selector->parameter != "resource=") return;
    if (const auto problem = mcp::uri_pattern_problem(selection.name))
        refuse_directive(directive, "the pattern " + in_quotes(selection.name) + " matches no URI, since it " +
                                        std::string(*problem));
}

// The methods that both the selector and "method=" mean, as patterns.
std::vector<std::string> methods_of(std::string_view directive, const OperationSelection& selection) {
    const auto* selector = selection.selector;
    if (selector == nullptr || selection.method.empty())
        return {selector == nullptr ? selection.method : std::string(selector->methods)};
    std::vector<std::string> methods = mcp::named_methods(selector->methods, selection.method);
    if (methods.empty())
        refuse_directive(directive, "\"method=" + selection.method + "\" and \"" + std::string(selector->parameter) +
                                        selection.name +
                                        "\" together match no request; leave one of them out, or write two directives");
    return methods;
}

}  // namespace

bool add_selector(OperationSelection& selection, std::string_view argument) {
    if (const auto method = ngx::parameter(argument, "method=")) {
        select_method(selection, *method, argument);
        return true;
    }
    for (const NameSelector& selector : name_selectors) {
        const auto pattern = ngx::parameter(argument, selector.parameter);
        if (!pattern) continue;
        select(selection.name, *pattern, argument, "write_*");
        if (selector.parameter != "resource=") selection.name = read_name_pattern(*pattern);
        selection.selector = &selector;
        return true;
    }
    return false;
}

// Servers may have methods of their own. A rule that matches nothing demands nothing.
void warn_about_unknown_method(const ngx::Arguments& arguments, std::string_view pattern) {
    if (!mcp::matches_known_method(pattern))
        arguments.warn("no method of MCP matches " + in_quotes(pattern) + "; is it misspelt?");
}

std::vector<mcp::OperationPattern> patterns_of(std::string_view directive, const OperationSelection& selection) {
    refuse_pattern_without_effect(directive, selection);
    std::vector<mcp::OperationPattern> patterns;
    for (std::string& method : methods_of(directive, selection))
        patterns.push_back({.method = std::move(method), .name = selection.name});
    return patterns;
}

}  // namespace mcp_resource
