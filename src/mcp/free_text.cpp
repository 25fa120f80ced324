#include "mcp/free_text.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "oauth/scope.h"

namespace mcp {
namespace {

constexpr std::string_view separate = "write spaces between several";

// `what` with its article: "a scope".
TextProblem switch_or_variable(std::string_view text, std::string_view what) {
    const std::string is_not = "is not " + std::string(what);
    if (base::is_switch_word(text)) return {is_not, "leave the directive out to have none"};
    if (text.starts_with('$')) return {is_not + ": no variables are possible here", "write the value"};
    return {};
}

// What a claim says has no form of its own, but nobody names anything like this (RFC 7519 section 2, StringOrURI).
TextProblem claim_value_problem(std::string_view text, std::string_view what) {
    if (auto problem = switch_or_variable(text, what)) return problem;
    if (text.empty()) return {"is empty, and matches no token", ""};
    if (text.contains(',')) return {"has a comma", std::string(separate)};
    const bool has_blank = std::ranges::any_of(text, [](char c) { return c == ' ' || c == '"'; });
    if (has_blank || base::has_control_characters(text) || !base::is_utf8(text))
        return {"has a space, a quote or a control character", "each value is an argument of its own"};
    if (text.contains('*')) return {"has a \"*\", but values are compared exactly", "write out each of them"};
    return {};
}

// What has no glyph, looks like a space, or like one of our wildcards: nobody sees that it stands there.
bool is_misleading(char32_t c) noexcept {
    constexpr char32_t wide_asterisk = 0xFF0A, wide_question_mark = 0xFF1F, object = 0xFFFC;
    return base::is_invisible(c) || c == wide_asterisk || c == wide_question_mark || c == object ||
           c == base::replacement_character;
}

bool has_misleading_characters(std::string_view text) noexcept {
    if (base::has_control_characters(text) || !base::is_utf8(text)) return true;
    while (!text.empty())
        if (is_misleading(base::take_character(text))) return true;
    return false;
}

bool looks_like_regular_expression(std::string_view text) noexcept {
    const bool is_between_slashes = text.size() > 1 && text.starts_with('/') && text.ends_with('/');
    return is_between_slashes || text.starts_with('^') || text.starts_with('~') || text.ends_with('$') ||
           text.contains(".+") || text.find_first_of("\\[]") != std::string_view::npos;
}

bool looks_like_selector(std::string_view text) noexcept {
    static constexpr std::string_view selectors[] = {"tool=", "prompt=", "resource=", "method=", "name="};
    return std::ranges::any_of(selectors, [text](std::string_view selector) { return text.starts_with(selector); });
}

// All of this would be a part of the pattern, which then matches nothing: and a rule that matches nothing demands
// nothing.
TextProblem pattern_problem(std::string_view text) {
    if (text.starts_with(' ') || text.ends_with(' ')) return {"has a space at an end", "leave it out"};
    if (has_misleading_characters(text))
        return {"has a character that cannot be seen, or is taken for another", "leave it out"};
    if (text.find_first_of(",|") != std::string_view::npos)
        return {"has a comma or a bar, which separate nothing in a pattern",
                "write a directive for each, or a pattern that matches all"};
    if (looks_like_regular_expression(text))
        return {R"(looks like a regular expression, and is none: "*" stands for any text, "?" for one byte)", ""};
    if (looks_like_selector(text)) return {"begins with a selector", "say it once"};
    return {};
}

bool is_method_character(char c) noexcept {
    return base::is_letter_or_digit(c) || std::string_view("/_-.:$*?").contains(c);
}

}  // namespace

TextProblem scope_problem(std::string_view text) {
    if (auto problem = switch_or_variable(text, "a scope")) return problem;
    if (text.contains(' ')) return {"has a space", "each scope is an argument of its own"};
    if (!oauth::is_scope_token(text))
        return {"is no scope: RFC 6749 section 3.3 allows no quote and no backslash in it", ""};
    return {std::string(oauth::scope_mistake(text)), text.contains(',') ? std::string(separate) : ""};
}

TextProblem audience_problem(std::string_view text) {
    return claim_value_problem(text, "an audience");
}

TextProblem issuer_problem(std::string_view text) {
    return claim_value_problem(text, "an issuer");
}

TextProblem list_of_urls_problem(std::string_view text) {
    if (text.ends_with(',') || text.contains(",http"))
        return {"is a list", "write spaces between several, and no commas"};
    return {};
}

TextProblem method_pattern_problem(std::string_view text) {
    if (text.empty()) return {"is empty, and matches no method", ""};
    if (auto problem = switch_or_variable(text, "a method")) return problem;
    if (auto problem = pattern_problem(text)) return problem;
    const std::string example = R"(write one like "tools/list" or "tools/*")";
    if (!std::ranges::all_of(text, is_method_character)) return {"is no method of JSON-RPC", example};
    if (text.contains("://")) return {"is a URL", R"(write a method like "tools/list")"};
    return {};
}

TextProblem name_pattern_problem(std::string_view text) {
    if (text.empty()) return {"is empty, and matches nothing", ""};
    if (text.starts_with('$')) return {"is no name: no variables are possible here", "write the value"};
    return pattern_problem(text);
}

TextProblem client_id_problem(std::string_view text) {
    if (text.starts_with('$')) return {"is no client id: no variables are possible here", "write the value"};
    return {};
}

bool is_language_tag(std::string_view tag) noexcept {
    if (tag.size() < 2 || !base::is_letter(tag[0]) || !base::is_letter(tag[1])) return false;
    if (tag.ends_with('-') || tag.contains("--")) return false;
    std::size_t length = 0;
    return std::ranges::all_of(tag, [&](char c) {
        length = c == '-' ? 0 : length + 1;
        return length <= 8 && (c == '-' || base::is_letter_or_digit(c));
    });
}

std::expected<oauth::ClaimPath, std::string> read_claim(std::string_view text) {
    if (text.empty() || text.starts_with('$') || text.contains(','))
        return std::unexpected("it must be the name of one, or a path like \".realm_access.roles\"");
    return text.starts_with('.') ? oauth::ClaimPath::parse(text)
                                 : std::expected<oauth::ClaimPath, std::string>(oauth::ClaimPath::member(text));
}

}  // namespace mcp
