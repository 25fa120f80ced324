// token mint: an access token (RFC 9068) signed with a key of one's own.
#include <openssl/rand.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64url.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/terminal.h"
#include "oauth/json/json.h"
#include "oauth/json/json_text.h"
#include "oauth/jwt/signing_key.h"

namespace cli {
namespace {

struct Options {
    std::string key_file;
    std::string algorithm;
    std::string issuer;
    std::vector<std::string> resources;
    std::string scope;
    std::string subject = "test";
    std::string client_id = "mcp-resource";
    std::string type = "at+jwt";
    long lifetime = 3600;
    std::vector<std::string> claims;
};

std::string new_identifier() {
    std::string bytes(16, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        fail(Exit::refused, "OpenSSL has no random numbers");
    return base::base64url::encode(bytes);
}

// With the comma before it. An empty value leaves it out, as tokens of some authorization servers do.
std::string member(std::string_view name, const std::string& value) {
    return value.empty() ? "" : ',' + oauth::json::quoted(name) + ':' + oauth::json::quoted(value);
}

std::string audience(const std::vector<std::string>& resources) {
    if (resources.size() == 1) return member("aud", resources.front());
    std::string list;
    for (const std::string& resource : resources)
        list.append(list.empty() ? "" : ",").append(oauth::json::quoted(resource));
    return R"(,"aud":[)" + list + ']';
}

// "name=value"; the value is JSON, or else a string. What is given twice, or set by another option, is refused below.
std::string claim(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) fail_usage("--claim must be name=value");
    const std::string value = text.substr(equals + 1);
    const bool is_json = oauth::json::Document::parse(value).has_value();
    return oauth::json::quoted(text.substr(0, equals)) + ':' + (is_json ? value : oauth::json::quoted(value));
}

std::string payload(const Options& options) {
    const oauth::NumericDate time = now();
    std::string text = member("iss", options.issuer) + audience(options.resources) + member("sub", options.subject) +
                       member("client_id", options.client_id) + R"(,"iat":)" + std::to_string(time) + R"(,"exp":)" +
                       std::to_string(time + options.lifetime) + R"(,"jti":")" + new_identifier() + '"' +
                       member("scope", options.scope);
    for (const std::string& extra : options.claims)
        text += ',' + claim(extra);
    text = '{' + text.substr(1) + '}';
    const auto parsed = oauth::json::Document::parse(text);
    if (!parsed)
        fail_usage(
            "these claims cannot be signed: " + std::string(oauth::describe(parsed.error()).text) +
            "; --claim cannot change what another option sets: leave that out with an empty value (--client-id \"\")");
    return text;
}

void mint(const Options& options) {
    const auto algorithm = oauth::jwt::parse_algorithm(options.algorithm);
    if (!options.algorithm.empty() && !algorithm)
        fail_usage("--algorithm names no JWS algorithm; with an EC key it is ES256, for example");
    const auto key = oauth::jwt::SigningKey::from_pem(read_file(options.key_file, "--key"), algorithm);
    if (!key) {
        const bool is_no_key = key.error() == oauth::Error::key_pem_invalid;
        const std::string_view reason =
            is_no_key ? "it is not a private key in PEM" : oauth::describe(key.error()).text;
        fail_usage(options.key_file + " cannot sign: " + std::string(reason) +
                   "; `mcp-resource keys generate` makes one that can");
    }
    const auto token = key->sign(payload(options), options.type);
    if (!token) fail(Exit::refused, "the token could not be signed: OpenSSL failed");
    say(*token);
}

}  // namespace

void add_token_mint(CLI::App& token) {
    CLI::App& command = *token.add_subcommand("mint", "Sign an access token with your own key");
    const auto options = std::make_shared<Options>();
    command.add_option("--key", options->key_file, "Private key, PEM (PKCS#8); see `keys generate`")
        ->type_name("FILE")
        ->required();
    command
        .add_option("--algorithm", options->algorithm,
                    "Signature algorithm (default: RS256, or the algorithm of the key's curve)")
        ->type_name("NAME");
    command.add_option("--issuer", options->issuer, "Issuer (iss)")->type_name("URL")->required();
    command.add_option("--resource", options->resources, "Audience (aud): your MCP server's URL")
        ->type_name("URL")
        ->allow_extra_args(false)
        ->required();
    command.add_option("--scope", options->scope, "Scopes (scope), separated by spaces")->type_name("SCOPES");
    command.add_option("--subject", options->subject, "Subject (sub)")->type_name("NAME")->capture_default_str();
    command.add_option("--client-id", options->client_id, "Client (client_id)")->type_name("ID")->capture_default_str();
    command.add_option("--expires-in", options->lifetime, "Lifetime; negative for an expired token")
        ->type_name("SECONDS")
        ->check(CLI::Range(-100'000'000L, 100'000'000L))
        ->capture_default_str();
    command.add_option("--type", options->type, "Type in the header (typ)")->type_name("NAME")->capture_default_str();
    command.add_option("--claim", options->claims, "Another claim; the value is JSON, or a string")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command.footer(
        "Prints the token. An empty value leaves a claim out: --client-id \"\" makes a token without client_id; --type "
        "\"\" leaves out typ. Anyone with the key can make any token: use this for tests, and for services whose only "
        "client is your own.\n\nExit status: 0 success, 2 when the key or a claim cannot be used.\n\n"
        "Example:\n  mcp-resource token mint --key keys/private-key.pem --issuer https://auth.example.com \\\n"
        "      --resource https://mcp.example.com/mcp --scope \"mcp:read mcp:write\" --expires-in 900");
    command.callback([options] { mint(*options); });
}

}  // namespace cli
