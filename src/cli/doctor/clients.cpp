#include "cli/doctor/clients.h"

#include <array>

namespace cli::doctor {
namespace {

// Those that log in by themselves, newest version tried; a client that is only given a token asks for nothing.
constexpr std::array<Client, 10> tried = {{
    {.name = "Codex",
     .redirect_uri = "http://127.0.0.1:*/callback",
     .client_id_setting = "codex mcp add --oauth-client-id",
     .redirect_uri_without_issuer = "http://127.0.0.1:*/callback/ID, with the ID in the URL that it opens",
     .has_metadata_document = true},
    {.name = "Gemini CLI",
     .redirect_uri = "http://localhost:*/oauth/callback",
     .client_id_setting = "oauth.clientId in settings.json",
     .steps_up = true,
     .asks_for_everything = true,
     .adds_slash = true},
    {.name = "opencode",
     .redirect_uri = "http://127.0.0.1:19876/mcp/oauth/callback",
     .client_id_setting = "oauth.clientId in opencode.json",
     .adds_slash = true},
    {.name = "Copilot CLI",
     .redirect_uri = "http://127.0.0.1:*/",
     .client_id_setting = "oauthClientId in mcp-config.json",
     .has_metadata_document = true,
     .is_modern = true,
     .steps_up = true,
     .adds_slash = true},
    {.name = "mcporter", .redirect_uri = "http://127.0.0.1:*/callback", .client_id_setting = ""},
    {.name = "mcp-use", .redirect_uri = "http://localhost:8080/callback", .client_id_setting = ""},
    {.name = "FastMCP",
     .redirect_uri = "http://localhost:*/callback",
     .client_id_setting = "OAuth(client_id=...)",
     .is_modern = true,
     .steps_up = true},
    {.name = "Python SDK 1",
     .redirect_uri = "",
     .client_id_setting = "the OAuthClientInformationFull that its TokenStorage returns",
     .steps_up = true,
     .adds_slash = true},
    {.name = "go-sdk",
     .redirect_uri = "",
     .client_id_setting = "PreregisteredClient",
     .is_modern = true,
     .steps_up = true},
    {.name = "Pydantic AI",
     .redirect_uri = "http://localhost:*",
     .client_id_setting = "",
     .is_modern = true,
     .steps_up = true},
}};

std::string redirect(const Client& client, bool server_names_itself) {
    if (client.redirect_uri.empty()) return "the program's own redirect URI";
    const bool other = !server_names_itself && !client.redirect_uri_without_issuer.empty();
    return "redirect URI " + std::string(other ? client.redirect_uri_without_issuer : client.redirect_uri);
}

}  // namespace

std::span<const Client> clients() noexcept {
    return tried;
}

std::string names_of_clients(const std::function<bool(const Client&)>& holds) {
    std::string names;
    for (const Client& client : tried)
        if (holds(client)) names.append(names.empty() ? "" : ", ").append(client.name);
    return names;
}

std::vector<std::string> who_needs_an_id(const Registration& server) {
    std::vector<std::string> lines;
    std::string unknown;
    for (const Client& client : tried) {
        if (server.takes_metadata_documents && client.has_metadata_document) continue;
        if (client.client_id_setting.empty())
            unknown.append(unknown.empty() ? "" : ", ").append(client.name);
        else
            lines.push_back(std::string(client.name) + ": " + std::string(client.client_id_setting) + ", " +
                            redirect(client, server.names_itself));
    }
    if (!unknown.empty()) lines.push_back("No way to enter an id is known of: " + unknown);
    return lines;
}

}  // namespace cli::doctor
