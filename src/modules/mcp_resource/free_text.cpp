#include "modules/mcp_resource/free_text.h"

#include "mcp/resource.h"
#include "ngx/config.h"

namespace mcp_resource {

using ngx::ConfigError;
using ngx::in_quotes;

namespace {

template <class Check>
std::string checked(std::string_view text, Check problem_of) {
    refuse(problem_of(text), in_quotes(text));
    return std::string(text);
}

std::string_view hint_for_origin(std::string_view text) noexcept {
    if (text.contains('*')) return "; there are no wildcards, list each origin";
    if (text.contains(',')) return "; write spaces between several";
    if (text.starts_with("http") && text.ends_with('/')) return "; leave the slash at its end out";
    if (text.starts_with("http") && text.contains("://")) return "; an origin has no path, query or user";
    return "";
}

}  // namespace

void refuse(const mcp::TextProblem& problem, const std::string& shown) {
    if (problem) throw ConfigError(shown + ' ' + problem.what + (problem.remedy.empty() ? "" : "; ") + problem.remedy);
}

std::string read_scope(std::string_view text) {
    return checked(text, mcp::scope_problem);
}

std::string read_audience(std::string_view text) {
    return checked(text, mcp::audience_problem);
}

std::string read_issuer(std::string_view text) {
    return checked(text, mcp::issuer_problem);
}

std::string read_method_pattern(std::string_view text) {
    return checked(text, mcp::method_pattern_problem);
}

std::string read_name_pattern(std::string_view text) {
    return checked(text, mcp::name_pattern_problem);
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
