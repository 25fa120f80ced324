// doctor: can clients log in at an MCP endpoint, and does it keep others out?
#include <CLI/CLI.hpp>
#include <cstdio>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "base/http_url.h"
#include "cli/certificates.h"
#include "cli/commands.h"
#include "cli/doctor/examination.h"
#include "cli/outgoing.h"
#include "cli/progress.h"
#include "cli/secret_file.h"
#include "cli/settings/sources.h"
#include "cli/terminal.h"

namespace cli {
namespace {

struct Options {
    std::string url;
    std::string token_file;
    std::string ca_file;
    std::optional<std::string> settings_file;
    Introspection introspection;
    bool as_json = false;
    std::string color = "auto";
};

constexpr ClientWords words = {.method = "--client-authentication",
                               .materials = {"--client-secret-file", "--client-key-file", "--client-certificate-file",
                                             "--assertion-audience", "--assertion-key-id", "--assertion-algorithm"}};

std::optional<IntrospectionClient> introspection_of(const Introspection& given) {
    const bool has_more = !given.client_id.empty() || !given.client_secret_file.empty() ||
                          !given.client_key_file.empty() || !given.client_certificate_file.empty();
    if (given.url.empty() && !has_more) return std::nullopt;
    if (given.url.empty() || given.client_id.empty())
        fail_usage(
            "--introspection-endpoint, --client-id and what proves that id (--client-secret-file, or another way of "
            "--client-authentication) belong together: give all of them");
    if (!base::HttpUrl::parse(given.url))
        fail_usage("--introspection-endpoint: " + shown(given.url) + " is not an http or https URL");
    return IntrospectionClient::load(given, words);
}

// What the server was told, where somebody has said by what file.
Outgoing outgoing_of(const Options& options) {
    Outgoing outgoing;
    const Environment environment = read_environment();
    const Sources sources{.values = {}, .file = options.settings_file, .overrides_file_variable = true};
    if (settings_file(sources, environment)) {
        Findings findings;
        const Gateway gateway = read_gateway(sources, environment, findings);
        for (const std::string& error : findings.errors)
            complain(error);
        if (!findings.errors.empty()) fail_usage("");
        outgoing = Outgoing::of(gateway);
    }
    outgoing.trust_also(options.ca_file);
    if (!outgoing.ca_file.empty()) check_ca_file(outgoing.ca_file, options.ca_file.empty() ? "ca of the file" : "--ca");
    return outgoing;
}

// As a client asks at the endpoint, and elsewhere as nginx does.
std::expected<HttpAnswer, HttpError> ask_by(const Outgoing& outgoing, const mcp::ResourceUri& endpoint,
                                            HttpRequest request) {
    outgoing.prepare(request);
    const auto uri = mcp::ResourceUri::parse(request.url);
    if (uri && uri->origin() == endpoint.origin()) {
        request.proxy = nullptr;
        request.as_nginx = request.only_ca_file = false;
    }
    return ask(request);
}

void look(const Options& options) {
    auto endpoint = mcp::ResourceUri::parse(options.url);
    if (!endpoint) fail_usage(shown(options.url) + " " + endpoint.error() + ": give the URL that clients use");
    const Outgoing outgoing = outgoing_of(options);
    const doctor::Patient patient = {
        .endpoint = *std::move(endpoint),
        .token = options.token_file.empty() ? base::Secret() : read_secret(options.token_file, "--token-file"),
        .introspection = introspection_of(options.introspection)};
    Progress progress;
    const doctor::Report report = doctor::examine(patient, [&](const HttpRequest& request) {
        progress.show("asking " + base::printable_url(request.url));
        return ask_by(outgoing, patient.endpoint, request);
    });
    progress.clear();
    const std::string text = options.as_json ? report.json() : report.table(wants_color(options.color));
    static_cast<void>(std::fputs(text.c_str(), stdout));
    if (report.has_failed()) fail(Exit::refused, "");
}

void add_introspection(CLI::App& command, Introspection& introspection) {
    const auto add = [&](const char* name, std::string& value, const char* type, const char* description) {
        return command.add_option(name, value, description)->type_name(type)->group("Introspection");
    };
    add("--introspection-endpoint", introspection.url, "URL",
        "Introspect the token here, as the resource server would");
    add("--client-id", introspection.client_id, "ID", "Client that introspects");
    add("--client-authentication", introspection.client_authentication, "METHOD",
        "client_secret_basic (the default), client_secret_post, private_key_jwt or tls_client_auth")
        ->check(CLI::IsMember({"client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"}));
    add("--client-secret-file", introspection.client_secret_file, "FILE", "Secret of the client");
    add("--client-key-file", introspection.client_key_file, "FILE",
        "Private key of the client: PEM or JWK for private_key_jwt, PEM for tls_client_auth");
    add("--client-certificate-file", introspection.client_certificate_file, "FILE",
        "Certificate of the client (PEM) for tls_client_auth");
    add("--assertion-audience", introspection.assertion_audience, "URL",
        "aud for private_key_jwt (default: the authorization server's issuer)");
    add("--assertion-key-id", introspection.assertion_key_id, "ID", "kid for private_key_jwt");
    add("--assertion-algorithm", introspection.assertion_algorithm, "NAME",
        "alg for private_key_jwt (default: RS256, or the algorithm of the key's curve)");
}

void add_endpoint(CLI::App& command, Options& options) {
    constexpr auto group = "What to check";
    command.add_option("url", options.url, "The endpoint as clients write it")->required();
    command.add_option("--token-file", options.token_file, "Token that should be valid here; \"-\" is standard input")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option(
            "--ca", options.ca_file,
            "Certificates (PEM) to trust in addition to the system's: your own CA, or a self-signed certificate")
        ->type_name("FILE")
        ->group(group);
    command
        .add_option(
            "--config", options.settings_file,
            "Settings file of the server (default: MCP_CONFIG): its `ca` is trusted, and authorization servers are "
            "reached through its `proxy`")
        ->type_name("FILE")
        ->group(group);
}

void add_output(CLI::App& command, Options& options) {
    command.add_flag("--json", options.as_json, "Print JSON instead of a table")->group("Output");
    command.add_option("--color", options.color, "auto (on a terminal, unless NO_COLOR is set), always or never")
        ->type_name("WHEN")
        ->group("Output")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
}

}  // namespace

void add_doctor(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("doctor", "Check an MCP endpoint: can clients discover how to log in?");
    const auto options = std::make_shared<Options>();
    add_endpoint(command, *options);
    add_introspection(command, options->introspection);
    add_output(command, *options);
    command.footer(
        "Needs no token. Each line that is not good is followed by what to do about it. The token is sent to the "
        "endpoint and to --introspection-endpoint, the secret only to the latter; neither is shown. Without --config, "
        "requests go through the proxy of the environment (HTTPS_PROXY, NO_PROXY), like the requests of clients.\n\n"
        "Exit status: 0 when nothing failed (warnings do not count), 1 when a check failed, 2 usage or configuration "
        "error.\n\n"
        "Examples:\n  mcp-resource doctor https://mcp.example.com/mcp\n"
        "  mcp-resource doctor https://mcp.internal/mcp --ca internal-ca.pem\n"
        "  mcp-resource doctor https://mcp.example.com/mcp --token-file token.txt --client-id gateway \\\n"
        "      --client-secret-file secret.txt --introspection-endpoint https://auth.example.com/introspect");
    command.callback([options] { look(*options); });
}

}  // namespace cli
