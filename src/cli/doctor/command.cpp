// doctor: can clients log in at an MCP endpoint, and does it keep others out?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "base/http_url.h"
#include "cli/commands.h"
#include "cli/doctor/examination.h"
#include "cli/files.h"
#include "cli/terminal.h"

namespace cli {
namespace {

struct Options {
    std::string url;
    std::string token_file;
    std::string introspection_endpoint;
    std::string client_id;
    std::string client_secret_file;
    std::string client_authentication = "client_secret_basic";
    bool as_json = false;
};

// As nginx reads it: without the line break at the end.
base::Secret secret_in(const std::string& name, std::string_view whose) {
    std::string text = read_file(name, whose);
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    if (text.empty() || std::ranges::any_of(text, [](unsigned char c) { return c < ' '; }))
        fail_usage(std::string(whose) + ": must be one line that is not empty");
    return base::Secret(text);
}

std::optional<doctor::IntrospectionClient> introspection_of(const Options& options) {
    const int given = static_cast<int>(!options.introspection_endpoint.empty()) +
                      static_cast<int>(!options.client_id.empty()) +
                      static_cast<int>(!options.client_secret_file.empty());
    if (given == 0) return std::nullopt;
    if (given != 3)
        fail_usage("--introspection-endpoint, --client-id and --client-secret-file belong together: give all of them");
    if (!base::HttpUrl::parse(options.introspection_endpoint))
        fail_usage("--introspection-endpoint: " + shown(options.introspection_endpoint) + " is no http or https URL");
    const base::Secret secret = secret_in(options.client_secret_file, "--client-secret-file");
    const bool in_body = options.client_authentication == "client_secret_post";
    return doctor::IntrospectionClient{
        .endpoint = options.introspection_endpoint,
        .id = options.client_id,
        .credentials = in_body ? oauth::ClientCredentials::post(options.client_id, secret.reveal())
                               : oauth::ClientCredentials::basic(options.client_id, secret.reveal())};
}

void look(const Options& options) {
    auto endpoint = mcp::ResourceUri::parse(options.url);
    if (!endpoint) fail_usage(shown(options.url) + " " + endpoint.error() + ": give the URL that clients use");
    const doctor::Patient patient = {
        .endpoint = *std::move(endpoint),
        .token = options.token_file.empty() ? base::Secret() : secret_in(options.token_file, "--token-file"),
        .introspection = introspection_of(options)};
    const doctor::Report report = doctor::examine(patient, ask);
    static_cast<void>(std::fputs((options.as_json ? report.json() : report.table()).c_str(), stdout));
    if (report.has_failed()) fail(Exit::refused, "");
}

void add_introspection(CLI::App& command, Options& options) {
    command.add_option("--introspection-endpoint", options.introspection_endpoint,
                       "Ask this URL what it says of the token, as the resource server would");
    command.add_option("--client-id", options.client_id, "Who asks there");
    command.add_option("--client-secret-file", options.client_secret_file, "A file with that client's secret");
    command
        .add_option("--client-authentication", options.client_authentication,
                    "How it is given: client_secret_basic or client_secret_post")
        ->check(CLI::IsMember({"client_secret_basic", "client_secret_post"}))
        ->capture_default_str();
}

}  // namespace

void add_doctor(CLI::App& app) {
    CLI::App& command = *app.add_subcommand("doctor", "Look at any MCP endpoint as a client does that wants to log in");
    const auto options = std::make_shared<Options>();
    command.add_option("url", options->url, "The endpoint, as clients write it")->required();
    command.add_option("--token-file", options->token_file,
                       "A file with a token that should be good here; \"-\" is standard input");
    add_introspection(command, *options);
    command.add_flag("--json", options->as_json, "Print JSON instead of a table");
    command.footer(
        "Needs no token. Ends with 0 when nothing has failed (warnings do not count), with 1 when something has, and\n"
        "with 2 when it was called wrongly. A token goes to the endpoint and to --introspection-endpoint, the secret\n"
        "to the latter alone; neither is shown.\n\n"
        "Examples:\n  mcp-resource doctor https://mcp.example.com/mcp\n"
        "  mcp-resource doctor https://mcp.example.com/mcp --token-file token.txt --client-id gateway \\\n"
        "      --client-secret-file secret.txt --introspection-endpoint https://auth.example.com/introspect");
    command.callback([options] { look(*options); });
}

}  // namespace cli
