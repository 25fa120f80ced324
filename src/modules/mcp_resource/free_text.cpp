#include "modules/mcp_resource/free_text.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "mcp/resource.h"
#include "ngx/config.h"
#include "oauth/scope.h"

namespace mcp_resource {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

// `what` with its article: "a scope".
void refuse_switch_and_variable(std::string_view text, std::string_view what) {
    if (ngx::is_switch_word(text))
        throw ConfigError(in_quotes(text) + " is not " + std::string(what) + "; leave the directive out to have none");
    if (text.starts_with('$'))
        throw ConfigError(in_quotes(text) + " is not " + std::string(what) +
                          ": this directive takes no variables, write the value");
}

// What a claim says has no form of its own, but nobody names anything like this (RFC 7519 section 2, StringOrURI).
std::string read_claim_value(std::string_view text, std::string_view what) {
    refuse_switch_and_variable(text, what);
    if (text.empty()) throw ConfigError("an empty value matches no token");
    if (text.contains(',')) throw ConfigError(in_quotes(text) + " has a comma; write spaces between several");
    const bool has_blank = std::ranges::any_of(text, [](char c) { return c == ' ' || c == '"'; });
    if (has_blank || base::has_control_characters(text) || !base::is_utf8(text))
        throw ConfigError(in_quotes(text) +
                          " has a space, a quote or a control character; each value is an argument of its own");
    if (text.contains('*'))
        throw ConfigError(in_quotes(text) + " has a \"*\", but values are compared exactly; write out each of them");
    return std::string(text);
}

// A comma or a bar would be a part of the pattern, which then matches nothing: and a rule that matches nothing demands
// nothing.
void refuse_alternatives(std::string_view text) {
    if (text.find_first_of(",|") != std::string_view::npos)
        throw ConfigError("the pattern " + in_quotes(text) +
                          " is no list; write a directive for each, or a pattern that matches all");
    if (text.starts_with('^') || text.ends_with('$') || text.contains('\\'))
        throw ConfigError("the pattern " + in_quotes(text) +
                          " is no regular expression: \"*\" stands for any text, \"?\" for one byte");
}

bool is_method_character(char c) noexcept {
    const char lower = base::to_lower(c);
    return (lower >= 'a' && lower <= 'z') || base::is_digit(c) || std::string_view("/_-.:$*?").contains(c);
}

std::string_view hint_for_origin(std::string_view text) noexcept {
    if (text.contains('*')) return "; there are no wildcards, list each origin";
    if (text.contains(',')) return "; write spaces between several";
    if (text.starts_with("http") && text.ends_with('/')) return "; leave the slash at its end out";
    if (text.starts_with("http") && text.contains("://")) return "; an origin has no path, query or user";
    return "";
}

}  // namespace

std::string read_scope(std::string_view text) {
    refuse_switch_and_variable(text, "a scope");
    if (!oauth::is_scope_token(text))
        throw ConfigError("invalid scope " + in_quotes(text) +
                          ", RFC 6749 section 3.3 allows no quote, backslash or space");
    if (const auto mistake = oauth::scope_mistake(text); !mistake.empty())
        throw ConfigError("invalid scope " + in_quotes(text) + ", it " + std::string(mistake));
    return std::string(text);
}

std::string read_audience(std::string_view text) {
    return read_claim_value(text, "an audience");
}

std::string read_issuer(std::string_view text) {
    return read_claim_value(text, "an issuer");
}

std::string read_method_pattern(std::string_view text) {
    if (text.empty()) throw ConfigError("an empty pattern matches no method");
    refuse_switch_and_variable(text, "a method");
    refuse_alternatives(text);
    if (!std::ranges::all_of(text, is_method_character))
        throw ConfigError(in_quotes(text) + " is no method of JSON-RPC, write one like \"tools/list\" or \"tools/*\"");
    if (text.contains("://")) throw ConfigError(in_quotes(text) + " is a URL, write a method like \"tools/list\"");
    return std::string(text);
}

std::string read_name_pattern(std::string_view text) {
    refuse_alternatives(text);
    return std::string(text);
}

void refuse_list_of_urls(std::string_view text) {
    if (text.ends_with(',') || text.contains(",http"))
        throw ConfigError(ngx::url_in_quotes(text) + " is a list; write spaces between several, and no commas");
}

std::string read_origin(std::string_view text) {
    auto origin = mcp::normalized_origin(text);
    if (!origin)
        throw ConfigError("invalid origin " + in_quotes(text) +
                          ", it must be like \"https://host:port\", \"chrome-extension://id\" or \"null\"" +
                          std::string(hint_for_origin(text)));
    return *std::move(origin);
}

}  // namespace mcp_resource
