// token inspect: what a token says, and why it would be refused.
#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http_url.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/http.h"
#include "cli/terminal.h"
#include "cli/token_judgement.h"
#include "oauth/scope.h"

namespace cli {
namespace {

struct Options {
    std::string token = "-";
    std::string keys;
    std::vector<std::string> issuers;
    std::vector<std::string> resources;
    std::string scope;
    long leeway = 0;
};

void print_lines(const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    say(title);
    for (const std::string& line : lines)
        say("  " + line);
}

std::string without_blanks(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

// As people paste it: alone, or as the header "Authorization: Bearer ...".
std::string read_token(const std::string& name) {
    std::string text = name == "-" ? read_file(name, "token") : name;
    for (const std::string_view prefix : {"Authorization:", " ", "Bearer ", "bearer "})
        if (text.starts_with(prefix)) text.erase(0, prefix.size());
    text = without_blanks(std::move(text));
    if (text.empty()) fail_usage("there is no token: give it as an argument, or on standard input");
    return text;
}

std::string fetch(const std::string& url) {
    const std::string name = base::printable_url(url);
    if (const auto parsed = base::HttpUrl::parse(url); !parsed)
        fail_usage("--jwks: " + name + ' ' + std::string(parsed.error()));
    auto answer = ask({.url = url, .headers = {"Accept: application/json"}});
    if (!answer) fail(Exit::refused, name + ": " + answer.error().text + "; " + answer.error().remedy);
    if (answer->status != 200) fail(Exit::refused, name + " answers with status " + std::to_string(answer->status));
    return std::move(answer->body);
}

std::optional<oauth::jwt::JwkSet> read_keys(const std::string& source) {
    if (source.empty()) return std::nullopt;
    auto set =
        oauth::jwt::JwkSet::parse_jwks(base::is_meant_as_url(source) ? fetch(source) : read_file(source, "--jwks"));
    if (!set) fail_usage(base::printable_url(source) + " cannot be used: " + text(set.error()));
    for (const std::string& remark : set->remarks())
        say(base::printable_url(source) + ": " + remark);
    return std::move(*set);
}

void inspect(const Options& options) {
    const auto keys = read_keys(options.keys);
    TokenExpectations expected;
    expected.keys = keys ? &*keys : nullptr;
    expected.issuers = options.issuers;
    expected.resources = options.resources;
    expected.leeway = std::chrono::seconds(options.leeway);
    for (const std::string_view scope : oauth::ScopeTokens(options.scope))
        expected.scopes.emplace_back(scope);
    const TokenReport report = judge_token(read_token(options.token), expected, now());
    print_lines("Header", report.header);
    print_lines("Claims", report.claims);
    print_lines("Not checked", report.unchecked);
    print_lines("Refused", report.reasons);
    if (!report.reasons.empty()) fail(Exit::refused, "");
    if (expected.keys == nullptr)
        fail(Exit::refused, "anyone can have written this token: its signature was not checked");
    say("Accepted");
}

}  // namespace

void add_token(CLI::App& app) {
    CLI::App& token = *app.add_subcommand("token", "Look into access tokens, and make some for tests");
    token.require_subcommand(1);
    add_token_mint(token);
    CLI::App& command = *token.add_subcommand("inspect", "Tell what a JWT says, and every reason to refuse it");
    const auto options = std::make_shared<Options>();
    command
        .add_option("token", options->token, "The token; \"-\" reads it from standard input, which keeps it out of ps")
        ->capture_default_str();
    command.add_option("--jwks", options->keys, "JWK Set to verify it with: a file or a URL")
        ->envname("MCP_JWT_KEY_FILE");
    command.add_option("--issuer", options->issuers, "What iss must be")
        ->allow_extra_args(false)  // several by repeating it: what follows is the token
        ->delimiter(',')
        ->envname("MCP_AUTHORIZATION_SERVER");
    command.add_option("--resource", options->resources, "What aud must name: the MCP server's URI")
        ->allow_extra_args(false)
        ->envname("MCP_CANONICAL_URI");
    command.add_option("--scope", options->scope, "Scopes it must grant, separated by spaces")
        ->envname("MCP_REQUIRED_SCOPE");
    command.add_option("--leeway", options->leeway, "Seconds by which clocks may differ")
        ->check(CLI::Range(0L, 3600L))
        ->capture_default_str();
    command.footer(
        "Ends with 0 when the token would be accepted, else with 1. Takes MCP_JWT_KEY_FILE,\n"
        "MCP_AUTHORIZATION_SERVER, MCP_CANONICAL_URI and MCP_REQUIRED_SCOPE as defaults, and no other\n"
        "variable: name with --issuer what MCP_ISSUER names, with --jwks what MCP_JWKS_URI names.\n\n"
        "Example:\n  mcp-resource token inspect --jwks https://auth.example.com/jwks \\\n"
        "      --issuer https://auth.example.com --resource https://mcp.example.com/mcp < token.txt");
    command.callback([options] { inspect(*options); });
}

}  // namespace cli
