// token inspect: what a token says, and why it would be refused.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/http_url.h"
#include "cli/certificates.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/http.h"
#include "cli/introspection_client.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/token_judgement.h"
#include "cli/token_keys.h"
#include "cli/token_remedies.h"
#include "cli/token_settings.h"
#include "mcp/token_rules.h"
#include "oauth/bearer.h"
#include "oauth/error_answer.h"
#include "oauth/introspection/response.h"
#include "oauth/jwt/compact_jws.h"

namespace cli {
namespace {

struct Options {
    std::string token = "-";
    TokenOptions settings;
};

constexpr ClientWords words = {
    .method = "client_authentication",
    .materials = {"client_secret_file (MCP_CLIENT_SECRET_FILE)", "client_key_file", "client_certificate_file",
                  "assertion_audience", "assertion_key_id", "assertion_algorithm"}};

void print_lines(const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    say(title);
    for (const std::string& line : lines)
        say("  " + line);
}

void print_refusal(const TokenReport& report) {
    const std::size_t count = report.reasons.size();
    if (count == 0) return;
    say("Refused: " + std::to_string(count) + (count == 1 ? " reason" : " reasons"));
    for (std::size_t i = 0; i < count; i++) {
        say("  " + report.reasons[i]);
        say("    do this: " + report.remedies[i]);
    }
}

std::string reason_of(oauth::Error error) {
    const auto& info = oauth::describe(error);
    return std::string(info.name) + ": " + std::string(info.text);
}

[[noreturn]] void refuse(oauth::Error error, std::string_view more = "") {
    print_refusal({.reasons = {reason_of(error).append(more)}, .remedies = {std::string(remedy_for(error))}});
    fail(Exit::refused, "");
}

std::string_view without_blank_ends(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool starts_with(std::string_view text, std::string_view prefix) noexcept {
    return base::equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// The value of the header that holds the token. People paste it alone, or with the whole header.
std::string read_credentials(const std::string& name) {
    constexpr std::string_view header = "Authorization:";
    const std::string text = name == "-" ? read_file(name, "token") : name;
    std::string_view said = without_blank_ends(text);
    const bool is_header = starts_with(said, header);
    if (is_header) said = without_blank_ends(said.substr(header.size()));
    if (said.empty()) fail_usage("there is no token: give it as an argument, or on standard input");
    return is_header || starts_with(said, "Bearer ") ? std::string(said) : "Bearer " + std::string(said);
}

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text.append(text.empty() ? "" : ", ").append(base::printable_url(name));
    return text;
}

// So that nobody takes a token for good by other rules than those of the server.
void print_rules(const TokenSettings& settings) {
    const oauth::ClaimsRules& rules = settings.expected.rules.claims;
    std::vector<std::string> lines;
    if (!settings.origin.empty()) lines.push_back("set by: " + settings.origin);
    if (!rules.accepted_issuers.empty()) lines.push_back("issuer: " + list_of(rules.accepted_issuers));
    if (!rules.accepted_audiences.empty()) lines.push_back("audience: " + list_of(rules.accepted_audiences));
    if (!settings.expected.scopes.empty())
        lines.push_back("scopes: " + list_of(settings.expected.scopes));
    else
        lines.push_back(std::string("scopes: none required") +
                        (settings.origin.empty() ? " (as --scope was not given)" : ""));
    print_lines("Held against", lines);
}

// Of a server that may say the token back.
void hide(std::vector<std::string>& lines, std::string_view token) {
    for (std::string& line : lines)
        for (std::size_t at = 0; (at = line.find(token, at)) != std::string::npos; at += 3)
            line.replace(at, token.size(), "...");
}

// A server may have put the client's secret anywhere, as a name, too.
void withhold(std::vector<std::string>& lines, std::span<const std::string_view> secrets) {
    for (std::string& line : lines)
        if (oauth::repeats(line, secrets)) line = "... (it repeats what was sent to the server)";
}

void print(TokenReport report, std::string_view token, std::span<const std::string_view> secrets = {}) {
    for (std::vector<std::string>* lines : {&report.claims, &report.reasons}) {
        withhold(*lines, secrets);
        hide(*lines, token);
    }
    print_lines("Header", report.header);
    print_lines("Claims", report.claims);
    print_lines("Scopes by operation", report.operations);
    print_lines("Not checked", report.unchecked);
    print_refusal(report);
    if (!report.reasons.empty()) fail(Exit::refused, "");
}

// By the rules for every request; single operations may need more scopes.
void print_acceptance(const std::vector<std::string>& closed_operations) {
    if (closed_operations.empty()) return say("Accepted");
    constexpr std::size_t most = 3;
    std::string names;
    for (std::size_t i = 0; i < std::min(closed_operations.size(), most); i++)
        names += (i == 0 ? "" : ", ") + closed_operations[i];
    if (closed_operations.size() > most) names += " and " + std::to_string(closed_operations.size() - most) + " more";
    say("Accepted, except for " + names + " (status 403, as the token lacks scopes)");
}

void inspect_jwt(const TokenSettings& settings, const std::string& token) {
    const auto claims = oauth::jwt::unverified_claims(token);
    const auto issuer = claims ? claims->root().present("iss") : std::nullopt;
    const KeySource* source = source_for(settings.keys, issuer ? issuer->string().value_or("") : "");
    const auto keys = source == nullptr ? std::nullopt : std::optional(read_keys(*source, settings.outgoing));
    TokenExpectations expected = settings.expected;
    expected.keys = keys ? &*keys : nullptr;
    const TokenReport report = judge_token(token, expected, now());
    print(report, token);
    if (!keys)
        fail(Exit::refused,
             "anyone can have written this token, as its signature was not checked; name the keys: --jwks FILE|URL, or "
             "--authorization-server with --resource");
    print_acceptance(report.closed_operations);
}

// What nginx would log, and answer 503 or 401 for.
[[noreturn]] void fail_unanswered(const TokenSettings& settings, const std::string& trouble) {
    fail(Exit::refused, base::printable_url(settings.introspection->url) + ": " + trouble);
}

// By the status that nginx would answer with: 401 is about the token, all others are about the server.
[[noreturn]] void judge(const TokenSettings& settings, oauth::Error error) {
    if (oauth::describe(error).http_status != 401)
        fail_unanswered(settings, reason_of(error) + "; " + std::string(remedy_for(error)));
    const bool is_inactive = error == oauth::Error::token_inactive;
    refuse(error, is_inactive ? ": it has expired, was revoked, or the server tells this client nothing about it" : "");
}

oauth::introspection::Response answer_for(const TokenSettings& settings, const IntrospectionClient& client,
                                          const std::string& token) {
    const std::string& issuer =
        settings.introspection->issuer.empty() ? settings.authorization_server : settings.introspection->issuer;
    if (client.lacks_audience() && issuer.empty())
        fail_usage("an assertion names the authorization server: set assertion_audience");
    HttpRequest request = client.request(token, issuer, now());
    settings.outgoing.prepare(request);
    Progress progress;
    progress.show("asking " + base::printable_url(request.url));
    const auto answer = ask(request);
    progress.clear();
    if (!answer) fail_unanswered(settings, answer.error().text + "; " + answer.error().remedy);
    say("Answer of " + base::printable_url(request.url) + " to " + shown(client.id()) + ": status " +
        std::to_string(answer->status));
    const SaidByServer said(*answer);
    auto error = oauth::introspection::refusal(said.view());
    auto response = error ? std::unexpected(*error) : oauth::introspection::Response::parse(answer->body);
    if (response) return *std::move(response);
    judge(settings, response.error());
}

void inspect_by_asking(TokenSettings& settings, const std::string& token) {
    const auto client = IntrospectionClient::load(*settings.introspection, words);
    const auto response = answer_for(settings, client, token);
    oauth::ClaimsRules& rules = settings.expected.rules.claims;
    rules.accepted_issuers = settings.introspection_issuers;
    rules = mcp::introspection_rules(std::move(rules));
    const auto checked = response.check(rules, now());
    if (!checked && oauth::describe(checked.error()).http_status != 401) judge(settings, checked.error());
    const TokenReport report = judge_answer(response, settings.expected, now());
    print(report, token, client.secrets());
    print_acceptance(report.closed_operations);
}

// Which token goes which way is decided as nginx does: where there are keys, a JWS is verified by them.
void inspect(const Options& options) {
    TokenSettings settings = token_settings(options.settings);
    if (!settings.outgoing.ca_file.empty())
        check_ca_file(settings.outgoing.ca_file, options.settings.ca_file.empty() ? "ca of the file" : "--ca");
    const std::string credentials = read_credentials(options.token);
    print_rules(settings);
    const std::array<std::string_view, 1> fields = {credentials};
    const auto shown_token = oauth::bearer_token(fields);
    if (!shown_token) refuse(shown_token.error());
    const std::string token(*shown_token);
    if (settings.introspection && (settings.keys.empty() || !oauth::jwt::is_compact_jws(token)))
        return inspect_by_asking(settings, token);
    inspect_jwt(settings, token);
}

void add_settings(CLI::App& command, TokenOptions& settings) {
    const auto add = [&](const char* name, auto& value, const char* type, const char* group, const char* description) {
        return command.add_option(name, value, description)->type_name(type)->group(group);
    };
    constexpr auto rules = "Rules of the server";
    add("--config", settings.file, "FILE", rules,
        "Settings file of the server (default: MCP_CONFIG); --resource chooses one of several resources");
    // Several by repeating it: what follows is the token.
    add("--resource", settings.resources, "URL", rules, "Expected audience (aud): your MCP server's URL")
        ->allow_extra_args(false);
    add("--authorization-server", settings.authorization_server, "URL", rules,
        "Issuer whose keys are found by discovery; together with --resource");
    constexpr auto instead = "Instead of those";
    add("--jwks", settings.keys, "FILE|URL", instead, "JWK Set with the keys");
    add("--issuer", settings.issuers, "URL", instead, "Expected issuer (iss)")->allow_extra_args(false)->delimiter(',');
    add("--scope", settings.scopes, "SCOPES", instead, "Required scopes, separated by spaces");
    add("--leeway", settings.leeway, "SECONDS", instead, "Accepted difference between clocks, 0 to 3600")
        ->check(CLI::Range(0L, 3600L));
    add("--ca", settings.ca_file, "FILE", instead, "Certificates (PEM) to trust in addition to the system's");
}

}  // namespace

void add_token(CLI::App& app) {
    CLI::App& token = *app.add_subcommand("token", "Inspect access tokens, and create some for tests");
    token.require_subcommand(1);
    add_token_mint(token);
    CLI::App& command = *token.add_subcommand("inspect", "Show a token's contents, and every reason to refuse it");
    const auto options = std::make_shared<Options>();
    command
        .add_option("token", options->token,
                    "The token; \"-\" reads it from standard input, where `ps` does not show it")
        ->capture_default_str();
    add_settings(command, options->settings);
    command.footer(
        "Checks the token by the rules of the server: --config or MCP_CONFIG, --resource with --authorization-server, "
        "or the MCP_* variables. Options take precedence over MCP_CONFIG.\n\n"
        "Keys are fetched as nginx fetches them: at most two redirects within one origin, no private address that a "
        "document names, only the `proxy` of the settings file and no proxy of the environment (HTTPS_PROXY). An "
        "opaque token is sent to the introspection endpoint of the settings, and nowhere else.\n\n"
        "An operation that needs more scopes than every request is listed with them; it does not change the exit "
        "status.\n\n"
        "Exit status: 0 when the token would be accepted, 1 when it would be refused or this cannot be decided, 2 "
        "usage or configuration error.\n\n"
        "Examples:\n  docker compose exec -T nginx mcp-resource token inspect < token.txt\n"
        "  mcp-resource token inspect --authorization-server https://auth.example.com \\\n"
        "      --resource https://mcp.example.com/mcp < token.txt\n"
        "  mcp-resource token inspect --config mcp.yaml --resource https://mcp.example.com/mcp < token.txt");
    command.callback([options] { inspect(*options); });
}

}  // namespace cli
