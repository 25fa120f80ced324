// Settings that may be almost any text. What nobody can mean by one would have no effect, or not the one that it seems
// to have. The rules are the same wherever such a setting stands: in a directive, a variable, a file, on a command
// line.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "oauth/claim_path.h"

namespace mcp {

struct TextProblem {
    std::string what{};    // the end of a sentence about the text: "has a comma"; empty: nothing is wrong
    std::string remedy{};  // what would be right for an argument of a directive

    explicit operator bool() const noexcept { return !what.empty(); }
};

// All throw std::bad_alloc.
TextProblem scope_problem(std::string_view text);

// What "aud" or "iss" of a token says, byte by byte.
TextProblem audience_problem(std::string_view text);
TextProblem issuer_problem(std::string_view text);

// Where one URL belongs and several have got: "https://a,https://b".
TextProblem list_of_urls_problem(std::string_view text);

// Of JSON-RPC methods, with "*" and "?".
TextProblem method_pattern_problem(std::string_view text);
// Of tools or prompts; of URIs: uri_pattern_problem().
TextProblem name_pattern_problem(std::string_view text);

TextProblem client_id_problem(std::string_view text);

// RFC 5646 section 2.1, as far as a name may need it: subtags of letters and digits, the first of letters.
bool is_language_tag(std::string_view tag) noexcept;

// The name of a claim, or a path like ".realm_access.roles". The error is a sentence.
std::expected<oauth::ClaimPath, std::string> read_claim(std::string_view text);

}  // namespace mcp
