// keys generate: a key pair for an issuer of one's own.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/files.h"
#include "oauth/jwt/signing_key.h"

namespace cli {
namespace {

struct Options {
    std::string algorithm = "ES256";
    std::string folder = ".";
};

void generate(const Options& options) {
    const std::string private_file = options.folder + "/private-key.pem";
    const std::string public_file = options.folder + "/jwks.json";
    for (const std::string& file : {private_file, public_file})
        if (is_there(file)) fail_usage(file + " is there already, and is not replaced");
    const auto key = oauth::jwt::SigningKey::generate(*oauth::jwt::parse_algorithm(options.algorithm));
    const auto pem = key ? key->private_pem() : std::unexpected(key.error());
    if (!pem) fail(Exit::refused, "no key could be made: OpenSSL failed");
    write_new_file(private_file, pem->reveal(), Access::owner);
    write_new_file(public_file, R"({"keys":[)" + key->public_jwk() + "]}\n", Access::everyone);
    static_cast<void>(
        std::printf("%s: signs tokens; keep it to yourself (mode 600)\n%s: verifies them; nginx reads it\n",
                    private_file.c_str(), public_file.c_str()));
}

}  // namespace

void add_keys(CLI::App& app) {
    CLI::App& keys = *app.add_subcommand("keys", "Make keys for an issuer of your own");
    keys.require_subcommand(1);
    CLI::App& command = *keys.add_subcommand("generate", "Make a private key and the JWK Set that belongs to it");
    const auto options = std::make_shared<Options>();
    command.add_option("--algorithm", options->algorithm, "What the key signs with")
        ->check(CLI::IsMember({"RS256", "PS256", "ES256", "ES384", "EdDSA"}))
        ->capture_default_str();
    command.add_option("--out", options->folder, "Folder for jwks.json and private-key.pem")->capture_default_str();
    command.footer(
        "Files that are there already are not replaced.\n\n"
        "Example:\n  mcp-resource keys generate --out keys\n"
        "  mcp-resource token mint --key keys/private-key.pem --issuer https://auth.example.com \\\n"
        "      --resource https://mcp.example.com/mcp --scope mcp:read");
    command.callback([options] { generate(*options); });
}

}  // namespace cli
