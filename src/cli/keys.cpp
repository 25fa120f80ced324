// keys generate: a key pair for an issuer of one's own.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "oauth/jwt/signing_key.h"

namespace cli {
namespace {

struct Options {
    std::string algorithm = "ES256";
    std::string folder = ".";
};

constexpr const char* private_name = "private-key.pem";
constexpr const char* public_name = "jwks.json";

oauth::jwt::SigningKey generate_key(oauth::jwt::Algorithm algorithm) {
    Progress progress;
    progress.show("making a key");
    auto key = oauth::jwt::SigningKey::generate(algorithm);
    if (!key) fail(Exit::refused, "no key could be made: OpenSSL failed");
    return std::move(*key);
}

oauth::jwt::SigningKey read_key(const std::string& file, oauth::jwt::Algorithm algorithm) {
    require_private(file);
    auto key = oauth::jwt::SigningKey::from_pem(read_file(file, "--out"), algorithm);
    if (!key)
        fail_usage(file + " exists and cannot be used (" + std::string(oauth::describe(key.error()).text) +
                   "): remove it, or name another folder");
    return std::move(*key);
}

// The private key comes first, and each file is there as a whole or not at all. Who was stopped between them goes on
// with the key that is there: the two always belong together.
void generate(const Options& options) {
    const std::string private_file = options.folder + '/' + private_name;
    const std::string public_file = options.folder + '/' + public_name;
    const auto algorithm = *oauth::jwt::parse_algorithm(options.algorithm);
    const bool has_private = is_there(private_file);
    if (has_private && is_there(public_file))
        fail_usage(private_file + " exists and is not replaced; name another directory with --out");
    if (is_there(public_file))
        fail_usage(public_file + " exists and is not replaced; name another directory with --out");
    make_folder(options.folder);
    const auto key = has_private ? read_key(private_file, algorithm) : generate_key(algorithm);
    if (!has_private) {
        const auto pem = key.private_pem();
        if (!pem) fail(Exit::refused, "no key could be made: OpenSSL failed");
        write_new_file(options.folder, private_name, pem->reveal(), Access::owner);
    }
    write_new_file(options.folder, public_name, R"({"keys":[)" + key.public_jwk() + "]}\n", Access::everyone);
    say(private_file + ": signs tokens; keep it secret (mode 600)" +
        (has_private ? "; it existed before, without " + std::string(public_name) : ""));
    say(public_file + ": verifies them; nginx reads it");
}

}  // namespace

void add_keys(CLI::App& app) {
    CLI::App& keys = *app.add_subcommand("keys", "Create signing keys");
    keys.require_subcommand(1);
    CLI::App& command = *keys.add_subcommand("generate", "Create a private key and its JWK Set");
    const auto options = std::make_shared<Options>();
    command.add_option("--algorithm", options->algorithm, "Signature algorithm: RS256, PS256, ES256, ES384 or EdDSA")
        ->type_name("NAME")
        ->check(CLI::IsMember({"RS256", "PS256", "ES256", "ES384", "EdDSA"}))
        ->capture_default_str();
    command.add_option("--out", options->folder, "Directory for jwks.json and private-key.pem")
        ->type_name("DIR")
        ->capture_default_str();
    command.footer(
        "Existing files are not replaced; jwks.json is made from an existing private key. A missing directory is "
        "created for its owner only.\n\nExit status: 0 when both files exist, otherwise 2.\n\n"
        "Example:\n  mcp-resource keys generate --out keys\n"
        "  mcp-resource token mint --key keys/private-key.pem --issuer https://auth.example.com \\\n"
        "      --resource https://mcp.example.com/mcp --scope mcp:read");
    command.callback([options] { generate(*options); });
}

}  // namespace cli
